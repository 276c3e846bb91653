import { createHash } from 'node:crypto';
import type { Digest } from '#core/base/index.ts';
import { CHUNK_BYTES } from '#core/media/index.ts';

/** What an index says of the bytes of a part. */
export interface ChunkedDigest {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly chunks: string[];
}

/** Digests of bytes that pass by: of the whole, and of every block of `CHUNK_BYTES`. `wholeBytes` closes the last block in time. */
export function chunkedDigest(
  wholeBytes: number | null,
  report?: (bytes: number) => void,
): { note(block: Uint8Array): void; end(): ChunkedDigest } {
  const whole = createHash('sha256');
  const chunks: string[] = [];
  let chunk = createHash('sha256');
  let at = 0;
  const close = (): void => {
    chunks.push(chunk.digest('hex'));
    chunk = createHash('sha256');
  };
  return {
    note(block) {
      whole.update(block);
      for (let done = 0; done < block.length;) {
        const length = Math.min(block.length - done, CHUNK_BYTES - (at % CHUNK_BYTES));
        chunk.update(block.subarray(done, done + length));
        done += length;
        at += length;
        if (at % CHUNK_BYTES === 0 || at === wholeBytes) close();
      }
      report?.(at);
    },
    end() {
      if (wholeBytes === null && at % CHUNK_BYTES !== 0) close();
      return { digest: `sha256:${whole.digest('hex')}`, sizeBytes: at, chunks };
    },
  };
}
