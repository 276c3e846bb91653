import { stat } from 'node:fs/promises';
import { AppError, type Digest } from '#core/base/index.ts';
import type { DigestOptions } from '#core/storage/ports.ts';
import type { FileHasher } from './file-hasher.ts';
import { isNotFound, toDiskError } from './os-codes.ts';

export interface StoredDigests {
  /** Precondition: the blob was published a moment ago with a digest read back from its file, after the flushes. */
  noteReadBack(digest: Digest): Promise<void>;
  digestOf(digest: Digest, options?: DigestOptions): Promise<Digest>;
}

/**
 * Digests of stored files. A read-back that happened while a blob arrived stands for the first read after it, and only while the
 * file is the same and unwritten (inode, size, both times); every later question reads the file again.
 */
export function createStoredDigests(hasher: FileHasher, pathOf: (digest: Digest) => string): StoredDigests {
  const readBack = new Map<Digest, string>();

  async function isUnchanged(digest: Digest): Promise<boolean> {
    const stamp = readBack.get(digest);
    readBack.delete(digest);
    return stamp !== undefined && stamp === (await stampOf(pathOf(digest)));
  }

  return {
    noteReadBack: async (digest) => {
      readBack.set(digest, await stampOf(pathOf(digest)));
    },
    digestOf: async (digest, { signal } = {}) => {
      const path = pathOf(digest);
      try {
        if (await isUnchanged(digest)) return digest;
        const { size } = await stat(path);
        return await readAgain(hasher, { path, size }, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (isNotFound(error)) throw new AppError('NOT_FOUND', `no blob ${digest}`, { digest }, { cause: error });
        throw toDiskError(error, path);
      }
    },
  };
}

async function readAgain(
  hasher: FileHasher,
  file: { path: string; size: number },
  signal: AbortSignal | undefined,
): Promise<Digest> {
  const reading = hasher.follow(file.path);
  const cancel = (): void => {
    reading.close();
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    reading.extendTo(file.size);
    return await reading.digest();
  } finally {
    signal?.removeEventListener('abort', cancel);
    reading.close();
  }
}

/** Nanosecond times: a write within the same millisecond shows. Renaming is over when the first stamp is taken. */
async function stampOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join('-');
}
