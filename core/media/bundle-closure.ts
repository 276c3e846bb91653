import { ImageIndex, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { AppError, isAppError, type Digest } from '#core/base/index.ts';
import { BUNDLE_LIMITS, type ListedBundle } from '#core/bundle/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import type { SourceBundle } from './source-set.ts';

/** More blobs than any bundle has; a set's index has the same limit. */
const MAX_BLOBS = 10_000;

/**
 * Every blob that a bundle and its referrers name, for carrying it. Untrusted and lenient on purpose: what is malformed
 * is carried as it is, so that verification refuses it with its own code and the refusal is on record.
 */
export async function sourceBundleOf(
  reader: BlobReader,
  bundle: ListedBundle,
  referrers: readonly Digest[],
): Promise<SourceBundle> {
  const blobs = new Map<Digest, { digest: Digest; sizeBytes: number; mediaType: string }>();

  async function add(digest: Digest, mediaType: string, statedBytes: number): Promise<number> {
    // What lies there counts: a wrong statement about it is for the verification to find.
    const sizeBytes = (await reader.size(digest)) ?? statedBytes;
    if (!blobs.has(digest)) blobs.set(digest, { digest, sizeBytes, mediaType: mediaType.slice(0, 255) });
    if (blobs.size > MAX_BLOBS)
      throw new AppError('BUNDLE_TOO_LARGE', `the bundle names more than ${String(MAX_BLOBS)} blobs`, {
        digest: bundle.digest,
      });
    return sizeBytes;
  }

  async function addManifest(digest: Digest, mediaType: string, statedBytes: number): Promise<void> {
    const manifest = await readLeniently(reader, digest, await add(digest, mediaType, statedBytes), ImageManifest);
    for (const { digest: blob, mediaType: type, size } of manifest === null
      ? []
      : [manifest.config, ...manifest.layers])
      await add(blob, type, size);
  }

  const index = await readLeniently(
    reader,
    bundle.digest,
    await add(bundle.digest, MEDIA_TYPES.ociIndex, 0),
    ImageIndex,
  );
  for (const { digest, mediaType, size } of index?.manifests ?? ([] as Descriptor[]))
    await addManifest(digest, mediaType, size);
  for (const digest of referrers) await addManifest(digest, MEDIA_TYPES.ociManifest, 0);
  return { ...bundle, blobs: [...blobs.values()], referrers: [...referrers] };
}

/** Null for what is absent, too large, damaged or malformed; faults of the medium itself are thrown. */
async function readLeniently<T>(
  reader: BlobReader,
  digest: Digest,
  sizeBytes: number,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): Promise<T | null> {
  if (sizeBytes > BUNDLE_LIMITS.manifestBytes) return null;
  try {
    const bytes = await reader.read(digest, BUNDLE_LIMITS.manifestBytes);
    const parsed = schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (isAppError(error, 'MEDIA_GONE') || isAppError(error, 'DISK_FAILED')) throw error;
    return null;
  }
}
