import { createHash } from 'node:crypto';
import { AppError, type Digest } from '#core/base/index.ts';
import type { BlobStore, PartialBlob } from '#core/storage/ports.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Arriving {
  readonly bytes: Uint8Array;
  received: Range[];
}

/** A store without a disk. `reopen` is a restart of the program: what was not checkpointed is forgotten. */
export interface MemoryBlobStore extends BlobStore {
  reopen(): MemoryBlobStore;
}

/** The content-addressed store in memory; behaves as the port says, held to the same suite as the real one. */
export function memoryBlobStore(
  freeBytes = 1_000_000_000,
  blobs = new Map<Digest, Uint8Array>(),
  arriving = new Map<Digest, Arriving>(),
): MemoryBlobStore {
  const found = (digest: Digest): Uint8Array => {
    const bytes = blobs.get(digest);
    if (bytes === undefined) throw new AppError('NOT_FOUND', `no blob ${digest}`, { digest });
    return bytes;
  };

  return {
    reopen: () => memoryBlobStore(freeBytes, blobs, arriving),
    size: (digest) => Promise.resolve(blobs.get(digest)?.length),
    has: (digest) => Promise.resolve(blobs.has(digest)),
    pathOf: (digest) => `/memory/${digest}`,
    freeBytes: () => Promise.resolve(freeBytes),
    limits: () => Promise.resolve({ freeBytes, freeFiles: null, largestFileBytes: null, blockBytes: 1 }),
    read: (digest, limitBytes) =>
      Promise.resolve().then(() => {
        const bytes = found(digest);
        if (bytes.length > limitBytes)
          throw new AppError('INPUT_TOO_LARGE', `${digest} is larger than ${String(limitBytes)} bytes`, {
            digest,
            limitBytes,
          });
        return Uint8Array.from(bytes);
      }),
    stream: async function* (digest, range) {
      yield found(digest).slice(range?.start ?? 0, range?.end);
    },
    put: async (digest, content) => {
      if (blobs.has(digest)) return;
      const blocks: Uint8Array[] = [];
      for await (const block of content) blocks.push(Uint8Array.from(block));
      blobs.set(digest, checked(digest, Buffer.concat(blocks)));
    },
    delete: (digest) => {
      blobs.delete(digest);
      arriving.delete(digest);
      return Promise.resolve();
    },
    list: async function* () {
      yield* [...blobs.keys()].sort();
    },
    openPartial: (digest, sizeBytes) => Promise.resolve(memoryPartial(digest, sizeBytes, { blobs, arriving })),
  };
}

function memoryPartial(
  digest: Digest,
  sizeBytes: number,
  kept: { blobs: Map<Digest, Uint8Array>; arriving: Map<Digest, Arriving> },
): PartialBlob {
  const before = kept.arriving.get(digest);
  const known = before?.bytes.length === sizeBytes ? before : { bytes: new Uint8Array(sizeBytes), received: [] };
  const bytes = Uint8Array.from(known.bytes);
  let received = known.received;

  function checkedOrDiscarded(): Uint8Array {
    try {
      return checked(digest, bytes);
    } catch (error) {
      kept.arriving.delete(digest);
      throw error;
    }
  }

  return {
    received: known.received,
    write: (offset, piece) =>
      Promise.resolve().then(() => {
        if (offset < 0 || offset + piece.length > sizeBytes)
          throw new AppError('BUNDLE_DIGEST_MISMATCH', `content reaches past the end of ${digest}`, { want: digest });
        bytes.set(piece, offset);
        received = joined([...received, { start: offset, end: offset + piece.length }]);
      }),
    checkpoint: () => {
      kept.arriving.set(digest, { bytes: Uint8Array.from(bytes), received });
      return Promise.resolve();
    },
    verify: () =>
      Promise.resolve().then(() => {
        checkedOrDiscarded();
      }),
    finish: () =>
      Promise.resolve().then(() => {
        kept.blobs.set(digest, checkedOrDiscarded());
        kept.arriving.delete(digest);
      }),
    close: () => Promise.resolve(),
  };
}

function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && range.start <= last.end)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else result.push(range);
  }
  return result;
}

function checked(digest: Digest, bytes: Uint8Array): Uint8Array {
  const got = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (got !== digest)
    throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}, the content has ${got}`, { want: digest, got });
  return bytes;
}
