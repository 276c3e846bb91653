import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fsyncDirectory } from './fsync-directory.ts';
import { toDiskError } from './os-codes.ts';

/**
 * Makes `folder`, at or below `from`. A new folder is a name in its parent: without its flush, a power cut may take it with all that is in it.
 */
export async function makeFolderDurably(folder: string, from: string): Promise<void> {
  try {
    const firstMade = await mkdir(folder, { recursive: true });
    if (firstMade === undefined) return;
    for (let at = folder; at.length >= from.length; at = join(at, '..')) await fsyncDirectory(at);
    await fsyncDirectory(join(from, '..'));
  } catch (error) {
    throw toDiskError(error, folder);
  }
}
