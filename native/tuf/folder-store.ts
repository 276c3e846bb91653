import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound, toDiskError, writeFileDurably } from '#native/fs/index.ts';
import type { MetadataStore } from './update-metadata.ts';

/** Metadata of a client as files `<role>.json`, as received; a role of any name is one file in this folder. */
export function folderMetadataStore(dir: string): MetadataStore {
  const pathOf = (role: string): string => join(dir, `${encodeURIComponent(role)}.json`);
  return {
    read: (role) => readIfThere(pathOf(role)),
    write: async (role, bytes) => {
      await mkdir(dir, { recursive: true });
      await writeFileDurably(pathOf(role), bytes);
    },
  };
}

/** Undefined when the file is not there. */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw toDiskError(error, path, 0);
  }
}
