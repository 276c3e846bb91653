import { ANNOTATIONS, ImageIndex } from '#contracts/bundle.ts';
import { MediaSet } from '#contracts/media.ts';
import { AppError, digestHex, isAppError, type Digest, type Finding } from '#core/base/index.ts';
import {
  BUNDLE_LIMITS,
  checkLayoutMarker,
  findingOf,
  findLayoutReferrers,
  listedBundles,
  parseLayoutIndex,
  type ListedBundle,
} from '#core/bundle/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { sourceBundleOf } from './bundle-closure.ts';
import { LAYOUT_INDEX, type LayoutInspector } from './inspect-medium.ts';
import type { VolumeReader } from './ports.ts';
import { sourceOfLayout, type SourceBundle, type SourceSet } from './source-set.ts';

const LAYOUT_MARKER_FILE = 'oci-layout';
const SetBundle = MediaSet.shape.bundles.element;

/** Untrusted: finds bundles in a folder that is a plain OCI layout (image-spec, image-layout), as other tools write it. */
export function layoutInspector(hasher: Hasher): LayoutInspector {
  return async (reader) => {
    try {
      if (
        (await sizeOrProblem(reader, LAYOUT_MARKER_FILE)) === undefined ||
        (await sizeOrProblem(reader, LAYOUT_INDEX)) === undefined
      )
        return null;
      return await inspect(reader, hasher);
    } catch (error) {
      if (!isAppError(error) || error.code === 'MEDIA_GONE') throw error;
      return {
        source: null,
        findings: [{ code: error.code, severity: 'block', at: LAYOUT_INDEX, message: error.message }],
      };
    }
  };
}

/** A plain OCI layout on a medium, opened for reading by digest. */
export interface VolumeLayout extends BlobReader {
  readonly index: ImageIndex;
  readonly indexDigest: Digest;
  bundles(): readonly ListedBundle[];
  referrersOf(digest: Digest): readonly Digest[];
}

/** Untrusted: opens the layout of a medium. NOT_FOUND or BUNDLE_LAYOUT_INVALID when it holds none. */
export async function openVolumeLayout(reader: VolumeReader, hasher: Hasher): Promise<VolumeLayout> {
  checkLayoutMarker(await reader.readFile(LAYOUT_MARKER_FILE, BUNDLE_LIMITS.layoutFileBytes));
  const bytes = await reader.readFile(LAYOUT_INDEX, BUNDLE_LIMITS.layoutIndexBytes);
  const index = parseLayoutIndex(bytes);
  const blobs = layoutBlobs(reader, hasher);
  const attached = await findLayoutReferrers(index, blobs.read);
  return {
    ...blobs,
    index,
    indexDigest: hasher.sha256(bytes),
    bundles: () => listedBundles(index),
    referrersOf: (digest) => attached.get(digest) ?? [],
  };
}

async function inspect(reader: VolumeReader, hasher: Hasher): ReturnType<LayoutInspector> {
  const layout = await openVolumeLayout(reader, hasher);
  const bundles: SourceBundle[] = [];
  const findings: Finding[] = [];
  for (const unnamed of layout.bundles()) {
    const listed = await named(unnamed, layout);
    const bundle = SetBundle.safeParse(await sourceBundleOf(layout, listed, layout.referrersOf(listed.digest)));
    if (bundle.success) bundles.push(bundle.data);
    else
      findings.push({
        code: 'BUNDLE_LAYOUT_INVALID',
        severity: 'block',
        at: listed.digest,
        message: 'the layout does not name model and version of this bundle',
        next: 'Write the layout again at its source.',
      });
  }
  if (layout.bundles().length === 0) findings.push(foreign(layout.index));
  if (bundles.length === 0) return { source: null, findings };
  return { source: await inReadingOrder(reader, sourceOfLayout(bundles, layout.indexDigest)), findings };
}

/** A tool that wrote `index.json` anew keeps the tag at most; the bundle's own index still says what it is. */
async function named(listed: ListedBundle, { read }: VolumeLayout): Promise<ListedBundle> {
  if (listed.model !== '' && listed.version !== '') return listed;
  try {
    const index = ImageIndex.safeParse(
      parseStrictJson(await read(listed.digest, BUNDLE_LIMITS.manifestBytes), { bytes: BUNDLE_LIMITS.manifestBytes }),
    );
    const { annotations = {} } = index.success ? index.data : {};
    const text = (name: string, otherwise: string): string => annotations[name] ?? otherwise;
    return {
      digest: listed.digest,
      model: text(ANNOTATIONS.model, listed.model),
      version: text(ANNOTATIONS.version, listed.version),
      title: text(ANNOTATIONS.title, listed.title),
    };
  } catch (error) {
    if (!isAppError(error) || error.code === 'MEDIA_GONE' || error.code === 'DISK_FAILED') throw error;
    return listed;
  }
}

/** What a layout of other tools lists, for people: nobody can guess what a model in there takes and gives. */
function foreign({ manifests }: ImageIndex): Finding {
  const kinds = [...new Set(manifests.map(({ artifactType, mediaType }) => artifactType ?? mediaType))];
  return findingOf('BUNDLE_LAYOUT_FOREIGN', LAYOUT_INDEX, `It lists ${kinds.slice(0, 4).join(', ') || 'nothing'}.`);
}

/** A packed archive is read in one pass when its parts are asked for as they lie. */
async function inReadingOrder(reader: VolumeReader, source: SourceSet): Promise<SourceSet> {
  const { placeOf } = reader;
  if (placeOf === undefined) return source;
  const placed = await Promise.all(source.parts.map(async (part) => ({ part, place: await placeOf(part.path) })));
  return { ...source, parts: placed.sort((a, b) => a.place - b.place).map(({ part }) => part) };
}

/** Blobs of a layout on a medium by digest. */
function layoutBlobs(reader: VolumeReader, hasher: Hasher): BlobReader {
  const pathOf = (digest: Digest): string => `blobs/sha256/${digestHex(digest)}`;
  return {
    // A link has no size of its own; looking for the part will name it.
    size: (digest) => sizeOrProblem(reader, pathOf(digest)),
    read: async (digest, limitBytes) => {
      const bytes = await reader.readFile(pathOf(digest), limitBytes);
      const found = hasher.sha256(bytes);
      if (found !== digest)
        throw new AppError('BUNDLE_DIGEST_MISMATCH', `${digest} is named, the content is ${found}`, {
          want: digest,
          got: found,
        });
      return bytes;
    },
    stream: (digest, range = { start: 0, end: Number.MAX_SAFE_INTEGER }) => reader.stream(pathOf(digest), range),
  };
}

async function sizeOrProblem(reader: VolumeReader, path: string): Promise<number | undefined> {
  try {
    return await reader.sizeOf(path);
  } catch (error) {
    if (isAppError(error, 'BUNDLE_LINK_REFUSED')) return undefined;
    throw error;
  }
}
