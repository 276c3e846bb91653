import { MediaSet } from '#contracts/media.ts';
import { AppError, digestHex, isAppError, type Digest, type Finding } from '#core/base/index.ts';
import { BUNDLE_LIMITS, findLayoutReferrers, listedBundles, parseLayoutIndex } from '#core/bundle/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import { sourceBundleOf } from './bundle-closure.ts';
import { LAYOUT_INDEX, type LayoutInspector } from './inspect-medium.ts';
import type { VolumeReader } from './ports.ts';
import { sourceOfLayout, type SourceBundle } from './source-set.ts';

const LAYOUT_MARKER_FILE = 'oci-layout';
const SetBundle = MediaSet.shape.bundles.element;

/** Untrusted: finds bundles in a folder that is a plain OCI layout (image-spec, image-layout), as other tools write it. */
export function layoutInspector(hasher: Hasher): LayoutInspector {
  return async (reader) => {
    if (
      (await sizeOrProblem(reader, LAYOUT_MARKER_FILE)) === undefined ||
      (await sizeOrProblem(reader, LAYOUT_INDEX)) === undefined
    )
      return null;
    try {
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

async function inspect(reader: VolumeReader, hasher: Hasher): ReturnType<LayoutInspector> {
  const bytes = await reader.readFile(LAYOUT_INDEX, BUNDLE_LIMITS.layoutIndexBytes);
  const index = parseLayoutIndex(bytes);
  const blobs = layoutBlobs(reader, hasher);
  const attached = await findLayoutReferrers(index, blobs.read);
  const bundles: SourceBundle[] = [];
  const findings: Finding[] = [];
  for (const listed of listedBundles(index)) {
    const referrers = attached.get(listed.digest) ?? [];
    const bundle = SetBundle.safeParse(await sourceBundleOf(blobs, listed, referrers));
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
  return { source: bundles.length === 0 ? null : sourceOfLayout(bundles, hasher.sha256(bytes)), findings };
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
