import { isAppError } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { MODEL_FOLDER_LIMITS } from './limits.ts';

/** A folder of a medium as a medium; the whole medium for an empty path. */
export function subfolder(reader: VolumeReader, folder: string): VolumeReader {
  if (folder === '') return reader;
  const at = (path: string): string => (path === '' ? folder : `${folder}/${path}`);
  return {
    readFile: (path, limitBytes) => reader.readFile(at(path), limitBytes),
    sizeOf: (path) => reader.sizeOf(at(path)),
    stampOf: (path) => reader.stampOf(at(path)),
    openFile: (path) => reader.openFile(at(path)),
    stream: (path, range, signal) => reader.stream(at(path), range, signal),
    list: (path, limitEntries) => reader.list(at(path), limitEntries),
  };
}

/** Changes when a file of the folder was added, removed or rewritten. Cheap, for polling: it reads no content. */
export async function folderStamp(reader: VolumeReader): Promise<string> {
  const stamps: string[] = [];
  async function visit(folder: string, depth: number): Promise<void> {
    for (const entry of await reader.list(folder, MODEL_FOLDER_LIMITS.namesPerFolder)) {
      const path = folder === '' ? entry : `${folder}/${entry}`;
      if (stamps.length > MODEL_FOLDER_LIMITS.files || depth > MODEL_FOLDER_LIMITS.depth) return;
      try {
        stamps.push(`${path} ${(await reader.stampOf(path)) ?? 'gone'}`);
      } catch (error) {
        if (!isAppError(error, 'BUNDLE_LINK_REFUSED')) throw error;
        stamps.push(path);
        // A folder opens as one; a link is refused by whoever reads the files.
        await visit(path, depth + 1).catch(refusedIsEnough);
      }
    }
  }
  await visit('', 0);
  return stamps.join('\n');
}

function refusedIsEnough(error: unknown): void {
  if (!isAppError(error, 'BUNDLE_LINK_REFUSED')) throw error;
}
