import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { mountPointOf, rootIdentityOf } from './mount-identity.ts';
import type { FolderOpener, Volume, VolumeSource } from '#core/media/ports.ts';
import { systemCode, writeFailure } from './media-failure.ts';

/** Room on the file system of a folder; unknown where the driver does not tell (fusefat answers zeros). */
export async function spaceOf(path: string): Promise<{ totalBytes: number | null; freeBytes: number | null }> {
  try {
    const { bsize, blocks, bavail } = await statfs(path);
    return blocks === 0
      ? { totalBytes: null, freeBytes: null }
      : { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    // Space is a courtesy here: the write itself reports a full or vanished medium by name.
    return { totalBytes: null, freeBytes: null };
  }
}

/** A folder as a stick. The id is a function of the real path, so that it survives a restart. NOT_FOUND for what is no folder. */
export async function folderVolume(path: string, fixed?: { id: string; label: string }): Promise<Volume> {
  const mountPath = await realFolder(path);
  const rootIdentity = await rootIdentityOf(mountPath);
  return {
    ...(rootIdentity === undefined ? {} : { rootIdentity }),
    mountPoint: await mountPointOf(mountPath),
    id: fixed?.id ?? `folder-${createHash('sha256').update(mountPath).digest('hex').slice(0, 24)}`,
    kind: 'folder',
    mountPath,
    label: fixed?.label ?? basename(mountPath),
    serial: null,
    fileSystem: null,
    ...(await spaceOf(mountPath)),
    readOnly: await access(mountPath, constants.W_OK).then(
      () => false,
      () => true,
    ),
  };
}

/** The site's own folder-as-stick: always listed, made when it is missing. */
export function inboxVolumeSource(path: string, label: string): VolumeSource {
  return {
    list: async () => {
      await mkdir(path, { recursive: true });
      return [await folderVolume(path, { id: 'inbox', label })];
    },
  };
}

/** Opens the folder that a person named. */
export const nodeFolderOpener: FolderOpener = { open: (path) => folderVolume(path) };

/** Makes a folder to write to, unless it is there. NOT_FOUND for a file, MEDIA_READ_ONLY where nothing can be made. */
export async function makeTargetFolder(path: string): Promise<void> {
  try {
    await makeFolderAt(path);
  } catch (error) {
    throw writeFailure(error, path);
  }
  await realFolder(path);
}

/** Not `recursive`: Node then says ENOENT for a place that is write-protected. */
async function makeFolderAt(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return;
    if (code === 'ENOTDIR') throw noFolder(path, error);
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolderAt(dirname(path));
    await mkdir(path);
  }
}

async function realFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (cause) {
    throw new AppError('NOT_FOUND', `there is no folder ${path}, or it cannot be opened`, { path }, { cause });
  }
  throw noFolder(path);
}

function noFolder(path: string, cause?: unknown): AppError {
  return new AppError('NOT_FOUND', `${path} is a file; name the folder that holds it`, { path }, { cause });
}
