import { createHash } from 'node:crypto';
import type { MediaSet } from '#contracts/media.ts';
import type { Digest } from '#core/base/index.ts';
import { planMediaSet, sourceOfMediaSet, type SourceSet } from '#core/media/index.ts';

export const sha256 = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Blobs with the given sizes and distinct, fixed content. */
export function someBlobs(sizes: readonly number[]): Map<Digest, Uint8Array> {
  return new Map(
    sizes.map((size, index) => {
      const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + index * 17 + size) % 256);
      return [sha256(bytes), bytes] as const;
    }),
  );
}

export interface WrittenSet {
  readonly set: MediaSet;
  readonly source: SourceSet;
  readonly parts: Map<string, Uint8Array>;
}

/** A media set in memory: what the writer puts on sticks, without a disk. */
export function aMediaSet(
  blobs: ReadonlyMap<Digest, Uint8Array>,
  limits: { partBytes: number; targets: readonly (number | null)[]; chunkBytes?: number },
): WrittenSet {
  const chunkBytes = limits.chunkBytes ?? 16;
  const parts = new Map<string, Uint8Array>();
  const planned = planMediaSet(
    [...blobs].map(([digest, bytes]) => ({ digest, sizeBytes: bytes.length })),
    limits,
  );
  const written = planned.map((part) => {
    const bytes = new Uint8Array(part.sizeBytes);
    for (const range of part.ranges)
      bytes.set(
        (blobs.get(range.digest) ?? new Uint8Array()).subarray(range.blobOffset, range.blobOffset + range.length),
        range.partOffset,
      );
    parts.set(part.name, bytes);
    const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, at) =>
      sha256(bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes)).slice(7),
    );
    return { ...part, digest: sha256(bytes), chunkBytes, chunks };
  });
  const [first] = blobs.keys();
  const set: MediaSet = {
    v: 1,
    setId: 'set-1',
    createdAt: '2026-03-01T08:00:00Z',
    sticks: limits.targets.length,
    bundles: [
      {
        digest: first ?? sha256(new Uint8Array()),
        model: 'line4/solder',
        version: '1.0.0',
        title: 'Solder joints',
        blobs: [...blobs].map(([digest, bytes]) => ({
          digest,
          sizeBytes: bytes.length,
          mediaType: 'application/octet-stream',
        })),
        referrers: [],
      },
    ],
    parts: written,
  };
  return { set, source: sourceOfMediaSet(set, sha256(new TextEncoder().encode(JSON.stringify(set)))), parts };
}
