import { ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { AppError, MIB, type Digest } from '#core/base/index.ts';
import type { ManifestEntry } from '#core/mirror/ports.ts';
import type { MirrorDeps } from './deps.ts';

const MANIFEST_LIMIT = 4 * MIB;

/** Everything that belongs to one bundle. */
export interface BundleClosure {
  readonly manifests: readonly ManifestEntry[];
  /** Every blob with its size; manifests are served as blobs too, which old clients ask for. */
  readonly blobs: ReadonlyMap<Digest, number>;
  readonly referrers: readonly { readonly subject: Digest; readonly descriptor: Descriptor }[];
}

/** The closure of an accepted bundle as the store holds it; undefined while any part of it is missing or has another size. */
export async function readClosure(deps: MirrorDeps, bundleDigest: Digest): Promise<BundleClosure | undefined> {
  const { closure, referrers } = deps.bundles.closureOf(bundleDigest);
  for (const { digest, size } of closure) {
    if ((await deps.blobs.size(digest)) !== size) return undefined;
  }
  const manifests = closure
    .filter(isManifest)
    .map(({ digest, mediaType, size }) => ({ digest, mediaType, sizeBytes: size }));
  const attached = await Promise.all(
    closure.filter(({ digest }) => referrers.includes(digest)).map((stored) => readReferrer(deps, stored)),
  );
  return { manifests, blobs: new Map(closure.map(({ digest, size }) => [digest, size])), referrers: attached };
}

function isManifest({ mediaType }: Descriptor): boolean {
  return mediaType === MEDIA_TYPES.ociManifest || mediaType === MEDIA_TYPES.ociIndex;
}

/** distribution-spec, "Listing Referrers": artifactType falls back to the config's media type; annotations are the manifest's. */
async function readReferrer(
  deps: MirrorDeps,
  { digest, mediaType, size }: Descriptor,
): Promise<{ subject: Digest; descriptor: Descriptor }> {
  const manifest = ImageManifest.safeParse(await readJson(deps, digest));
  if (!manifest.success || manifest.data.subject === undefined) {
    throw new AppError('INPUT_MALFORMED', `the stored manifest ${digest} refers to nothing`, { digest });
  }
  const { subject, artifactType, config, annotations } = manifest.data;
  const descriptor = {
    mediaType,
    digest,
    size,
    artifactType: artifactType ?? config.mediaType,
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { subject: subject.digest, descriptor };
}

async function readJson(deps: MirrorDeps, digest: Digest): Promise<unknown> {
  const bytes = await deps.blobs.read(digest, MANIFEST_LIMIT);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', `the stored manifest ${digest} is not JSON`, { digest }, { cause });
  }
}
