import type { BlobReader } from '#core/storage/ports.ts';
import { MIB, type Digest } from '#core/base/index.ts';

const LIMITS = {
  /** distribution-spec: registries take manifests of 4 MiB at least, and need not take more. */
  manifestBytes: 4 * MIB,
  entries: 256,
  entryBytes: 64 * 1024,
} as const;

/** Reads manifests by digest; the small ones stay in memory, because a digest never changes its content. */
export function manifestCache(blobs: Pick<BlobReader, 'read'>): (digest: Digest) => Promise<Uint8Array> {
  const held = new Map<Digest, Uint8Array>();
  return async (digest) => {
    const known = held.get(digest);
    if (known !== undefined) return known;
    const bytes = await blobs.read(digest, LIMITS.manifestBytes);
    if (bytes.length <= LIMITS.entryBytes) {
      const [oldest] = held.keys();
      if (held.size >= LIMITS.entries && oldest !== undefined) held.delete(oldest);
      held.set(digest, bytes);
    }
    return bytes;
  };
}
