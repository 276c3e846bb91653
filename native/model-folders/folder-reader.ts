import { AppError } from '#core/base/index.ts';
import type { VolumeFile, VolumeReader } from '#core/media/ports.ts';
import type { ListedFile } from './list-files.ts';
import type { FolderLayout } from './read-folder.ts';
import { folderStamp } from './subfolder.ts';

/** A file of the layout: made in memory, or lying in the folder. */
type Found = { readonly bytes: Uint8Array } | { readonly file: ListedFile };

/** A model folder as a medium with an OCI layout. Files that lie in the folder are read there; nothing is copied or unpacked. `open` may be called often. */
export function layoutOf(folder: VolumeReader, open: () => Promise<FolderLayout>): VolumeReader {
  const lookUp = async (path: string): Promise<Found | undefined> => {
    const { made, kept } = await open();
    const bytes = made.get(path);
    if (bytes !== undefined) return { bytes };
    const file = kept.get(path);
    return file === undefined ? undefined : { file };
  };
  const require = async (path: string): Promise<Found> => {
    const found = await lookUp(path);
    if (found === undefined) throw new AppError('NOT_FOUND', `the model folder gives no ${path}`, { path });
    return found;
  };
  return {
    readFile: async (path, limitBytes) => {
      const found = await require(path);
      if ('file' in found) return folder.readFile(found.file.name, limitBytes);
      assertWithin(path, found.bytes.length, limitBytes);
      return found.bytes.slice();
    },
    sizeOf: async (path) => {
      const found = await lookUp(path);
      if (found === undefined) return undefined;
      return 'file' in found ? found.file.sizeBytes : found.bytes.length;
    },
    // Only what the layout has can change; the rest of a medium is not in a model folder.
    stampOf: async (path) => (path === 'index.json' ? folderStamp(folder) : undefined),
    openFile: async (path) => {
      const found = await require(path);
      return 'file' in found ? folder.openFile(found.file.name) : fileOf(path, found.bytes);
    },
    async *stream(path, range, signal) {
      const found = await require(path);
      if ('file' in found) {
        yield* folder.stream(
          found.file.name,
          { start: range.start, end: Math.min(range.end, found.file.sizeBytes) },
          signal,
        );
      } else yield found.bytes.slice(range.start, range.end);
    },
    list: async (path) => {
      const { made, kept } = await open();
      const prefix = path === '' ? '' : `${path}/`;
      const below = [...made.keys(), ...kept.keys()].filter((name) => name.startsWith(prefix));
      return [...new Set(below.map((name) => name.slice(prefix.length).split('/')[0] ?? ''))].sort();
    },
  };
}

function fileOf(path: string, bytes: Uint8Array): VolumeFile {
  return {
    readInto: (start, into) => {
      if (start + into.length > bytes.length)
        return Promise.reject(new AppError('MEDIA_PART_DAMAGED', `${path} ends at ${String(bytes.length)}`, { path }));
      into.set(bytes.subarray(start, start + into.length));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function assertWithin(path: string, size: number, limitBytes: number): void {
  if (size > limitBytes)
    throw new AppError('INPUT_TOO_LARGE', `${path} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, {
      path,
      limitBytes,
    });
}
