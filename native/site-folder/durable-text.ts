import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DurableText } from '#core/trust/ports.ts';
import { isNotFound, makeFolderDurably, removeLeftTemps, toDiskError, writeFileDurably } from '#native/fs/index.ts';

/** A file of the site folder as a store of its own, apart from the database. */
export function durableText(path: string): DurableText {
  // Once, before this process writes: what an earlier one left when it was killed.
  let swept: Promise<void> | undefined;
  const sweep = (): Promise<void> => (swept ??= removeLeftTemps(path));
  return {
    read: async () => {
      await sweep();
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw toDiskError(error, path, 0);
      }
    },
    write: async (text) => {
      await sweep();
      await makeFolderDurably(dirname(path), dirname(path));
      await writeFileDurably(path, text);
    },
  };
}
