import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, opendir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError, MIB } from '#core/base/index.ts';
import type { Volume, VolumeFile, VolumeReader } from '#core/media/ports.ts';
import { linkRefused, mediaSegments, resolveInside } from './media-path.ts';
import { systemCode } from './media-failure.ts';
import { watchRoot, type RootWatch } from './root-watch.ts';

/** Larger blocks were not quicker; smaller ones cost a fifth. */
const BLOCK_BYTES = MIB;

/** O_NONBLOCK: a pipe on the medium must not hang the open. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Untrusted: everything below the mount path. Opens regular files only, read-only, never through a link. */
export function createVolumeReader(volume: Pick<Volume, 'mountPath' | 'rootIdentity'>): VolumeReader {
  const root = volume.mountPath;
  const { isRootThere, guarded } = watchRoot(volume);
  /** What was seen a moment ago and is not there now: the stick was pulled, its folder reads as empty (facts B.1b). */
  const seen = new Set<string>();

  const openFile = (path: string): Promise<{ file: FileHandle; size: number }> =>
    guarded(path, async () => {
      const file = await open(await resolveInside(root, path), OPEN_FLAGS);
      try {
        const found = await file.stat();
        if (!found.isFile()) throw linkRefused(path);
        seen.add(path);
        return { file, size: found.size };
      } catch (error) {
        await file.close();
        throw error;
      }
    }).catch((error: unknown) => {
      throw seen.has(path) && isAppError(error, 'NOT_FOUND') ? vanished(path, error) : error;
    });

  async function* stream(
    path: string,
    range: { start: number; end: number },
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const { file } = await openFile(path);
    // Read ahead by one block, so that the medium works while the consumer hashes and writes.
    let next = range.start < range.end ? readBlock(file, range.start, range.end) : undefined;
    try {
      for (let at = range.start; next !== undefined;) {
        const pending = next;
        const block = await guarded(path, () => pending);
        next = undefined;
        signal?.throwIfAborted();
        if (block.length === 0) throw endsEarly(path, at, range.end);
        at += block.length;
        if (at < range.end) next = readBlock(file, at, range.end);
        yield block;
      }
    } finally {
      // A read that nobody waits for any more may fail: its error belongs to nobody.
      await next?.catch(() => undefined);
      await file.close();
    }
  }

  async function statOf(path: string): Promise<BigIntStats | undefined> {
    return guarded(path, async () => {
      try {
        const found = await lstat(await resolveInside(root, path), { bigint: true });
        if (!found.isFile()) throw linkRefused(path);
        seen.add(path);
        return found;
      } catch (error) {
        if (isAbsent(error) && (await isRootThere())) {
          if (seen.has(path)) throw vanished(path, error);
          return undefined;
        }
        throw error;
      }
    });
  }

  return {
    stream,
    openFile: async (path) => volumeFileOf((await openFile(path)).file, path, { isRootThere, guarded }),
    readFile: (path, limitBytes) => readWhole({ openFile, guarded }, path, limitBytes),
    sizeOf: async (path) => {
      const found = await statOf(path);
      return found === undefined ? undefined : Number(found.size);
    },
    stampOf: async (path) => {
      const found = await statOf(path);
      return found === undefined ? undefined : `${String(found.ino)}-${String(found.size)}-${String(found.mtimeNs)}`;
    },
    list: (path, limitEntries) => guarded(path, () => listFolder(root, path, limitEntries, isRootThere)),
  };
}

function volumeFileOf(file: FileHandle, path: string, { isRootThere, guarded }: RootWatch): VolumeFile {
  return {
    readInto: async (start, into, signal) => {
      // A pulled stick may go on answering from memory through an open file.
      const [isThere] = await Promise.all([isRootThere(), guarded(path, () => fill(file, { path, start, into }))]);
      signal?.throwIfAborted();
      if (!isThere) throw new AppError('MEDIA_GONE', 'the medium is not there', { path, cause: 'ENOENT' });
    },
    close: () => file.close(),
  };
}

function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function readWhole(
  {
    openFile,
    guarded,
  }: {
    openFile: (path: string) => Promise<{ file: FileHandle; size: number }>;
    guarded: RootWatch['guarded'];
  },
  path: string,
  limitBytes: number,
): Promise<Uint8Array> {
  const { file, size } = await openFile(path);
  try {
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `${path} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, {
        path,
        size,
        limitBytes,
      });
    // One byte more than stated: a file that grows while it is read is noticed, not cut.
    const bytes = new Uint8Array(size + 1);
    let at = 0;
    for (;;) {
      const { bytesRead } = await guarded(path, () => file.read(bytes, at, bytes.length - at, at));
      at += bytesRead;
      if (bytesRead === 0 || at === bytes.length) break;
    }
    if (at !== size) throw endsEarly(path, at, size);
    return bytes.subarray(0, size);
  } finally {
    await file.close();
  }
}

async function readBlock(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, end - start));
  const { bytesRead } = await file.read(block, 0, block.length, start);
  return block.subarray(0, bytesRead);
}

async function fill(
  file: FileHandle,
  { path, start, into }: { path: string; start: number; into: Uint8Array },
): Promise<void> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, start + at);
    if (bytesRead === 0) throw endsEarly(path, start + at, start + into.length);
    at += bytesRead;
  }
}

async function listFolder(
  root: string,
  path: string,
  limitEntries: number,
  isRootThere: () => Promise<boolean>,
): Promise<string[]> {
  const names: string[] = [];
  try {
    const folder = path === '' ? root : await resolveInside(root, path);
    if (!(await lstat(folder)).isDirectory()) throw linkRefused(path);
    for await (const entry of await opendir(join(folder))) {
      names.push(entry.name);
      if (names.length > limitEntries)
        throw new AppError('INPUT_TOO_LARGE', `${path} holds more than ${String(limitEntries)} names`, {
          path,
          limitEntries,
        });
    }
  } catch (error) {
    if (isAbsent(error) && mediaSegments(path).length > 0 && (await isRootThere())) return [];
    throw error;
  }
  return names.sort();
}

function vanished(path: string, cause: unknown): AppError {
  return new AppError(
    'MEDIA_GONE',
    `${path} was there a moment ago and is not now`,
    { path, cause: 'ENOENT' },
    { cause },
  );
}

function endsEarly(path: string, at: number, end: number): AppError {
  return new AppError(
    'MEDIA_PART_DAMAGED',
    `${path} must reach byte ${String(end)}, it changed or ends at byte ${String(at)}`,
    { path, fromByte: at, toByte: end },
  );
}
