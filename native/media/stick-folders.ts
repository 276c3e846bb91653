import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { isNotFound } from '#native/fs/index.ts';
import { readFailure } from './media-failure.ts';

/** Sticks in a folder: the folder itself when it carries a set, else its subfolders that do, by name. */
export async function stickFolders(dir: string): Promise<string[]> {
  if (await hasIndex(dir)) return [dir];
  const sticks: string[] = [];
  for (const entry of await entriesOf(dir)) {
    if (entry.isDirectory() && (await hasIndex(join(dir, entry.name)))) sticks.push(join(dir, entry.name));
  }
  return sticks.sort();
}

/** `dir` for one stick; `dir/stick-1` … for several. */
export function targetFolders(dir: string, sticks: number): string[] {
  return sticks === 1 ? [dir] : Array.from({ length: sticks }, (_, index) => join(dir, `stick-${String(index + 1)}`));
}

async function entriesOf(dir: string): Promise<{ name: string; isDirectory(): boolean }[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if (isNotFound(error)) return [];
    throw readFailure(error, dir, true);
  }
}

async function hasIndex(dir: string): Promise<boolean> {
  try {
    return (await stat(join(dir, MEDIA_PATHS.index))).isFile();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw readFailure(error, join(dir, MEDIA_PATHS.index), true);
  }
}
