import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceText } from './source-graph.ts';

/** The repository's root. */
export const REPOSITORY_ROOT = join(import.meta.dirname, '..', '..');

/** The folders that hold source code. One that does not exist yet is simply empty. */
const SOURCE_FOLDERS = [
  'contracts',
  'core',
  'native',
  'station',
  'agent',
  'electron',
  'renderer',
  'cli',
  'resources',
  'scripts',
  'test',
] as const;

const SOURCE_FILE = /\.(ts|tsx|mts|mjs)$/;
const NOT_SOURCE = /(^|\/)(node_modules|dist|fixtures)\/|\.d\.m?ts$/;

/** Reads every source file of the repository, and the configuration modules beside package.json. */
export async function readSources(root: string): Promise<SourceText[]> {
  const paths = (await readdir(root)).filter((name) => SOURCE_FILE.test(name) && !name.startsWith('.'));
  for (const folder of SOURCE_FOLDERS) paths.push(...(await listSources(root, folder)));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

async function listSources(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && SOURCE_FILE.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !NOT_SOURCE.test(path));
}
