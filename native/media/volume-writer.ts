import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { fsyncRenamed } from '#native/fs/index.ts';
import type { ReadBackMode, Volume, VolumeWriter } from '#core/media/ports.ts';
import { makeFoldersFor, linkRefused, mediaSegments } from './media-path.ts';
import { withHeldRoot } from './held-root.ts';
import { systemCode, writeFailure } from './media-failure.ts';
import { hashFromDevice } from './uncached-hash.ts';

/** Only names with this ending are ever replaced or removed. */
const TEMPORARY = '.gantry-partial';
/** SHA-256 of no bytes: what a stick holds under a name when it was pulled between rename and flush. Nothing is lost with it. */
const EMPTY = createHash('sha256').digest('hex');

/**
 * Writes new files to a medium: temp file, fsync, read back and compare, rename, fsync of the file's new entry and of the folders.
 * A file that is already there with the same bytes stays; with other bytes it is left alone and MEDIA_NOT_EMPTY says so.
 */
export function createVolumeWriter(volume: Pick<Volume, 'mountPath' | 'rootIdentity'>): VolumeWriter {
  let mode: ReadBackMode | null = null;
  return {
    readBack: () => mode,
    writeFile: async (path, content) => {
      try {
        const blocks = content instanceof Uint8Array ? [content] : content;
        const found = await withHeldRoot(volume, (root) => writeNewFile(root, path, blocks));
        // One file from the cache is enough for the medium not to have been proved.
        mode = mode === 'cache' ? 'cache' : found;
      } catch (error) {
        throw writeFailure(error, path);
      }
    },
  };
}

async function writeNewFile(
  root: string,
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<ReadBackMode> {
  let mode: ReadBackMode;
  const folders = await makeFoldersFor(root, path);
  const target = join(root, ...mediaSegments(path));
  const temporary = join(dirname(target), `.${basename(target)}${TEMPORARY}`);
  try {
    const written = await writeTemporary(temporary, content);
    mode = await compareBack(temporary, written, path);
    const standing = await hashOfStanding(target, path);
    if (standing === undefined || (standing === EMPTY && written !== EMPTY)) {
      await rename(temporary, target);
      await fsyncRenamed(target);
    } else if (standing === written) await unlink(temporary);
    else throw new AppError('MEDIA_NOT_EMPTY', `${path} is already there with other content`, { path });
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
  for (const folder of folders.reverse()) await syncFolder(folder);
  return mode;
}

async function writeTemporary(
  temporary: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<string> {
  await removeQuietly(temporary);
  const file = await open(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    const hash = createHash('sha256');
    for await (const block of content) {
      hash.update(block);
      await file.writeFile(block);
    }
    await file.sync();
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

async function compareBack(temporary: string, want: string, path: string): Promise<ReadBackMode> {
  const { hex: got, mode } = await hashFromDevice(temporary);
  if (got !== want)
    throw new AppError('DISK_FAILED', `${path}: ${want} was written, the medium gives back ${got}`, {
      path,
      want,
      got,
    });
  return mode;
}

async function hashOfStanding(target: string, path: string): Promise<string | undefined> {
  try {
    if (!(await lstat(target)).isFile()) throw linkRefused(path);
    return (await hashFromDevice(target)).hex;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function removeQuietly(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch {
    // Absent, or on a medium that is gone: the first error is the one that the operator needs.
  }
}

/** FAT and some FUSE drivers cannot sync a folder; their rename is as durable as they can make it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EINVAL' && code !== 'ENOSYS' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    await handle.close();
  }
}
