import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Path below the site's store to SHA-256 of the content, for every file. */
export type StoredFiles = Readonly<Record<string, string>>;

const BLOB = /^blobs\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})$/;

/** Every file of the content store with its digest: equal listings mean equal stores. What goes while it is listed is left out. */
export async function listStore(siteDir: string): Promise<StoredFiles> {
  const store = join(siteDir, 'store');
  const files: Record<string, string> = {};
  for (const path of (await filesBelow(store)).sort()) {
    const content = await contentOf(path);
    if (content !== undefined) files[relative(store, path)] = createHash('sha256').update(content).digest('hex');
  }
  return files;
}

/** Blobs whose content is not what their name says: what a reader of the store would see torn. Temp files are no blobs to it. */
export function tornBlobs(files: StoredFiles): string[] {
  return Object.entries(files)
    .filter(([path, digest]) => BLOB.test(path) && BLOB.exec(path)?.[1] !== digest)
    .map(([path]) => path);
}

/** Temp files anywhere in a site. */
export async function tempFiles(siteDir: string): Promise<string[]> {
  return (await filesBelow(siteDir)).filter((path) => path.endsWith('.tmp'));
}

async function contentOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
