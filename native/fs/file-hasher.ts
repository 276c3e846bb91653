import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { MIB, type Digest } from '#core/base/index.ts';

/** Hashes files away from the caller's thread. The files belong to the store: nobody else writes them. */
export interface FileHasher {
  /** Begins a hash that reads a file behind its writer. */
  follow(path: string): FollowedFile;
}

/** A running SHA-256 of a file's beginning. A failure to read waits for `digest`. */
export interface FollowedFile {
  /** Bytes before `end` will not change any more and may be read. Grows only. */
  extendTo(end: number): void;
  /** Digest of all bytes before the last `end`; the file is closed. */
  digest(): Promise<Digest>;
  close(): void;
}

/** SHA-256 of a whole file, read on this thread's event loop: for programs without hash threads, and for small files. */
export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path, { highWaterMark: MIB })) hash.update(block as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
}
