import { ImageIndex, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { AppError, MIB, type Digest } from '#core/base/index.ts';
import type { ManifestEntry } from '#core/mirror/ports.ts';
import type { MirrorDeps } from './deps.ts';

const MANIFEST_LIMIT = 4 * MIB;

/** Everything that belongs to one bundle. */
export interface BundleClosure {
  readonly manifests: readonly ManifestEntry[];
  /** Sizes of configs and layers; manifests are served as blobs too, which old clients ask for. */
  readonly blobs: ReadonlyMap<Digest, number>;
  readonly referrers: readonly { readonly subject: Digest; readonly descriptor: Descriptor }[];
}

/** Reads the closure of an accepted bundle from the store; undefined while any part of it is missing. */
export async function readClosure(deps: MirrorDeps, bundleDigest: Digest): Promise<BundleClosure | undefined> {
  const detail = await deps.bundles.get(bundleDigest);
  const manifests: ManifestEntry[] = [];
  const blobs = new Map<Digest, number>();
  const referrers: { subject: Digest; descriptor: Descriptor }[] = [];
  const add = async (entry: ManifestEntry): Promise<ImageManifest> => {
    const manifest = ImageManifest.parse(await readJson(deps, entry.digest));
    manifests.push(entry);
    for (const { digest, size } of [entryBlob(entry), manifest.config, ...manifest.layers]) blobs.set(digest, size);
    return manifest;
  };
  const indexSize = await deps.blobs.size(bundleDigest);
  if (indexSize === undefined) return undefined;
  const index = ImageIndex.parse(await readJson(deps, bundleDigest));
  manifests.push({ digest: bundleDigest, mediaType: MEDIA_TYPES.ociIndex, sizeBytes: indexSize });
  blobs.set(bundleDigest, indexSize);
  for (const { digest, mediaType, size } of [...index.manifests, ...(await referrerDescriptors(deps, detail.referrers))]) {
    if ((await deps.blobs.size(digest)) !== size) return undefined;
    const manifest = await add({ digest, mediaType, sizeBytes: size });
    if (manifest.subject !== undefined) referrers.push({ subject: manifest.subject.digest, descriptor: referrerDescriptor({ digest, mediaType, size }, manifest) });
  }
  return (await isComplete(deps, blobs)) ? { manifests, blobs, referrers } : undefined;
}

function entryBlob({ digest, sizeBytes }: ManifestEntry): { digest: Digest; size: number } {
  return { digest, size: sizeBytes };
}

/** The bundle knows its referrers by digest; the store knows how large their manifests are. */
async function referrerDescriptors(deps: MirrorDeps, referrers: readonly { digest: Digest }[]): Promise<{ digest: Digest; mediaType: string; size: number }[]> {
  return await Promise.all(referrers.map(async ({ digest }) => ({ digest, mediaType: MEDIA_TYPES.ociManifest, size: (await deps.blobs.size(digest)) ?? -1 })));
}

/** distribution-spec, "Listing Referrers": artifactType falls back to the config's media type; annotations are the manifest's. */
function referrerDescriptor(stored: { digest: Digest; mediaType: string; size: number }, manifest: ImageManifest): Descriptor {
  return { ...stored, artifactType: manifest.artifactType ?? manifest.config.mediaType, ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }) };
}

async function isComplete(deps: MirrorDeps, blobs: ReadonlyMap<Digest, number>): Promise<boolean> {
  for (const [digest, size] of blobs) {
    if ((await deps.blobs.size(digest)) !== size) return false;
  }
  return true;
}

async function readJson(deps: MirrorDeps, digest: Digest): Promise<unknown> {
  const bytes = await deps.blobs.read(digest, MANIFEST_LIMIT);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', `the stored manifest ${digest} is not JSON`, { digest }, { cause });
  }
}
