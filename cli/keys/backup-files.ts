import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteBackup } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { bytesOfBackupFile } from '#core/keys/index.ts';
import { isNotFound, toDiskError, writeFileDurably } from '#native/fs/index.ts';

/**
 * Writes the files of a backup, all but `site.json`. A file that stands with the same bytes is of an earlier try; one with other bytes
 * is somebody's key, and nothing is written at all: KEY_FILE_EXISTS.
 */
export async function writeBackupFiles(dir: string, backup: SiteBackup): Promise<void> {
  const missing: SiteBackup['files'] = [];
  for (const file of backup.files) {
    const path = join(dir, file.path);
    const standing = await readIfThere(path);
    if (standing === undefined && file.path !== 'site.json') missing.push(file);
    else if (standing?.equals(bytesOfBackupFile(file)) === false)
      throw new AppError('KEY_FILE_EXISTS', `${path} is there with other content and was not replaced`, { path });
  }
  await mkdir(join(dir, 'keys'), { recursive: true, mode: 0o700 });
  for (const file of missing)
    await writeFileDurably(join(dir, file.path), bytesOfBackupFile(file), { mode: file.isSecret ? 0o600 : 0o644 });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw toDiskError(error, path, 0);
  }
}
