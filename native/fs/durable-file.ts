import { constants } from 'node:fs';
import { open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { fsyncDirectory } from './fsync-directory.ts';
import { isNotFound, toDiskError } from './os-codes.ts';

/** Ending of files that no reader may trust yet; left-overs are removed when their folder is opened. */
export const TEMP_SUFFIX = '.tmp';

/**
 * The one write discipline: temp file in the same directory, write, fsync, rename, fsync directory.
 * When it returns, the new content survives a power cut; when it throws, the old content is whole.
 */
export async function writeFileDurably(
  path: string,
  content: Uint8Array | string,
  options: { mode?: number } = {},
): Promise<void> {
  const temp = tempPathFor(path);
  try {
    const file = await open(temp, 'wx', options.mode ?? 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably(temp, path);
  } catch (error) {
    await removeIfThere(temp);
    throw toDiskError(error, path, content.length);
  }
}

/** Renames within one file system and makes the new name durable. The content must be fsynced before. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await fsyncRenamed(to);
  await fsyncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await fsyncDirectory(dirname(from));
}

/**
 * FAT gives a renamed file a new directory entry that says 0 bytes until the file itself is flushed once more: without this, a stick
 * that is pulled afterwards holds an empty file (seen on Linux 6.1, `vfat_rename`). Windows writes the entry with the name.
 */
export async function fsyncRenamed(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes a file and makes its absence durable; an absent file is fine. */
export async function removeDurably(path: string): Promise<void> {
  await removeIfThere(path);
  await fsyncDirectory(dirname(path));
}

/** A name beside `path` that no other writer uses. */
export function tempPathFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}${TEMP_SUFFIX}`);
}

/** Removes the temp files that killed writers of `path` left. Precondition: nobody is writing it. */
export async function removeLeftTemps(path: string): Promise<void> {
  try {
    for (const name of await readdir(dirname(path))) {
      if (name.startsWith(`.${basename(path)}.`) && name.endsWith(TEMP_SUFFIX))
        await removeIfThere(join(dirname(path), name));
    }
  } catch (error) {
    if (!isNotFound(error)) throw toDiskError(error, path, 0);
  }
}

/** Removes a file without a promise of durability; an absent one is fine. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
