import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DurableText } from '#core/trust/ports.ts';
import { isNotFound, toDiskError, writeFileDurably } from '#native/fs/index.ts';

/** A file of the site folder as a store of its own, apart from the database. */
export function durableText(path: string): DurableText {
  return {
    read: async () => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw toDiskError(error, path, 0);
      }
    },
    write: async (text) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFileDurably(path, text);
    },
  };
}
