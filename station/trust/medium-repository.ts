import { isAppError } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { ListedRepository } from '#core/trust/ports.ts';

/** Where a trust repository lies on a medium; a folder that is a repository itself has no such folder inside. */
const PLACES = ['gantry/trust/', ''] as const;
/** Root chains are short; a folder with more files than this is something else. */
const FILES_LIMIT = 10_000;

/** The trust repository of a medium. Untrusted: everything. */
export async function mediumRepository(reader: VolumeReader): Promise<ListedRepository> {
  const place = await placeOf(reader);
  return {
    metadata: (name, limitBytes) => readIfThere(reader, `${place}metadata/${name}`, limitBytes),
    target: (path, limitBytes) => readIfThere(reader, `${place}targets/${path}`, limitBytes),
    rootVersions: async () => {
      const names = await reader.list(`${place}metadata`, FILES_LIMIT);
      const versions = names.flatMap((name) => /^([1-9]\d{0,8})\.root\.json$/.exec(name)?.[1] ?? []);
      return versions.map(Number).sort((a, b) => a - b);
    },
  };
}

async function placeOf(reader: VolumeReader): Promise<string> {
  for (const place of PLACES) {
    if ((await reader.sizeOf(`${place}metadata/timestamp.json`)) !== undefined) return place;
  }
  return PLACES[0];
}

async function readIfThere(reader: VolumeReader, path: string, limitBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await reader.readFile(path, limitBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
