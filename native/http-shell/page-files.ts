import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, contentTypeOf, resolveAssetPath } from '#core/base/index.ts';

/** One file of the built page. */
export interface PageFile {
  readonly path: string;
  readonly file: string;
  readonly contentType: string;
  readonly sizeBytes: number;
}

/** The built page: its entry, and every file by the path that may be asked for. */
export interface PageFiles {
  readonly html: string;
  find(requestPath: string): PageFile | null;
}

/** More files than any build of ours has; a wrong folder is noticed. */
const MOST_FILES = 5_000;

/**
 * Lists the build folder once. Afterwards only listed regular files exist for a request, so no path can leave the folder
 * and no link in it is followed.
 */
export async function loadPageFiles(dist: string): Promise<PageFiles> {
  const html = await readFile(join(dist, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new AppError('PAGE_NOT_BUILT', `${dist} holds no built page`, { dist }, { cause });
  });
  const files = new Map<string, PageFile>();
  for (const path of await listFiles(dist, '')) {
    const file = join(dist, path);
    files.set(path, { path, file, contentType: contentTypeOf(path), sizeBytes: (await stat(file)).size });
    if (files.size > MOST_FILES)
      throw new AppError('PAGE_NOT_BUILT', `${dist} holds more than ${String(MOST_FILES)} files`, { dist });
  }
  return {
    html,
    find(requestPath) {
      const path = resolveAssetPath(requestPath);
      return path === null ? null : (files.get(path) ?? null);
    },
  };
}

async function listFiles(dist: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dist, folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFiles(dist, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat();
}
