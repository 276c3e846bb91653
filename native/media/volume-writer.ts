import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type Digest } from '#core/base/index.ts';
import { fsyncRenamed } from '#native/fs/index.ts';
import type { ReadBackMode, SetWriter, Volume } from '#core/media/ports.ts';
import { makeFoldersFor, linkRefused, mediaSegments, resolveInside } from './media-path.ts';
import { withHeldRoot } from './held-root.ts';
import { systemCode, writeFailure } from './media-failure.ts';
import { hashFromDevice } from './uncached-hash.ts';

/** Only names that begin with a dot and have this ending are ever replaced or removed. */
export const TEMPORARY = '.gantry-partial';
/** SHA-256 of no bytes: what a stick holds under a name when it was pulled between rename and flush. Nothing is lost with it. */
const EMPTY = createHash('sha256').digest('hex');

/**
 * Writes new files to a medium: temp file, fsync, read back and compare, rename, fsync of the file's new entry and of the folders.
 * A file that is already there with the same bytes stays; with other bytes it is left alone and MEDIA_NOT_EMPTY says so.
 */
export function createVolumeWriter(volume: Pick<Volume, 'mountPath' | 'rootIdentity'>): SetWriter {
  let mode: ReadBackMode | null = null;
  async function inside<T>(path: string, work: (root: string) => Promise<T>): Promise<T> {
    try {
      return await withHeldRoot(volume, work);
    } catch (error) {
      throw writeFailure(error, path);
    }
  }
  return {
    readBack: () => mode,
    async writeFile(path, content, beforeVisible) {
      const blocks = content instanceof Uint8Array ? [content] : content;
      const found = await inside(path, (root) => writeNewFile(root, { path, blocks, beforeVisible }));
      // One file from the cache is enough for the medium not to have been proved.
      mode = mode === 'cache' ? 'cache' : found;
    },
    digestOf: (path) =>
      inside(path, async (root): Promise<Digest | undefined> => {
        const hex = await hashOfStanding(root, path);
        return hex === undefined || hex === EMPTY ? undefined : `sha256:${hex}`;
      }),
    sweep: (folder, isKept = () => false) => inside(folder, (root) => sweepFolder(root, folder, isKept)),
  };
}

interface NewFile {
  readonly path: string;
  readonly blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly beforeVisible: (() => Promise<void>) | undefined;
}

async function writeNewFile(root: string, { path, blocks, beforeVisible }: NewFile): Promise<ReadBackMode> {
  let mode: ReadBackMode;
  const folders = await makeFoldersFor(root, path);
  const target = join(root, ...mediaSegments(path));
  const temporary = join(dirname(target), `.${basename(target)}${TEMPORARY}`);
  try {
    const written = await writeTemporary(temporary, blocks);
    mode = await compareBack(temporary, written, path);
    const standing = await hashOfStanding(root, path);
    if (standing === undefined || (standing === EMPTY && written !== EMPTY)) {
      await beforeVisible?.();
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

async function sweepFolder(root: string, folder: string, isKept: (name: string) => boolean): Promise<void> {
  // The place of any name in it: no folder on the way may be a link.
  const place = await resolveInside(root, `${folder}/${TEMPORARY}`).catch(absentToUndefined);
  if (place === undefined) return;
  for (const entry of await readdir(dirname(place), { withFileTypes: true })) {
    const isOurs = entry.isFile() && entry.name.startsWith('.') && entry.name.endsWith(TEMPORARY);
    if (isOurs && !isKept(entry.name)) await unlink(join(dirname(place), entry.name));
  }
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

async function hashOfStanding(root: string, path: string): Promise<string | undefined> {
  const target = await resolveInside(root, path).catch(absentToUndefined);
  if (target === undefined) return undefined;
  try {
    if (!(await lstat(target)).isFile()) throw linkRefused(path);
    return (await hashFromDevice(target)).hex;
  } catch (error) {
    absentToUndefined(error);
    return undefined;
  }
}

function absentToUndefined(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
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
