import { AppError, isAppError } from '#core/base/index.ts';
import { isSafePath } from '#core/bundle/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { isIgnoredPath } from '#core/model-signing/index.ts';
import { MODEL_FOLDER_LIMITS } from './limits.ts';

/** A regular file below a folder, by its path in it. */
export interface ListedFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * Untrusted: every file of a folder that its signature does not leave out, sorted. BUNDLE_LINK_REFUSED for a link or special file,
 * BUNDLE_PATH_ESCAPE for a name that other systems read differently, MODEL_FILE_TWICE for two that some take for one.
 */
export async function listFiles(reader: VolumeReader, ignored: readonly string[]): Promise<ListedFile[]> {
  const files: ListedFile[] = [];

  async function visit(folder: string, depth: number): Promise<void> {
    if (depth > MODEL_FOLDER_LIMITS.depth) throw tooMany(`${folder} is too deep`);
    for (const entry of await reader.list(folder, MODEL_FOLDER_LIMITS.namesPerFolder)) {
      const name = folder === '' ? entry : `${folder}/${entry}`;
      if (isIgnoredPath(name, ignored)) continue;
      if (!isSafePath(name))
        throw new AppError('BUNDLE_PATH_ESCAPE', `the folder holds ${JSON.stringify(name.slice(0, 200))}`, { name });
      const sizeBytes = await sizeOfFile(reader, name);
      if (sizeBytes === null) await visit(name, depth + 1);
      else files.push({ name, sizeBytes });
      if (files.length > MODEL_FOLDER_LIMITS.files)
        throw tooMany(`it has more than ${String(MODEL_FOLDER_LIMITS.files)} files`);
    }
  }

  await visit('', 0);
  refuseTwins(files);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Null for a folder. A link answers neither as a file nor as a folder. */
async function sizeOfFile(reader: VolumeReader, name: string): Promise<number | null> {
  try {
    const size = await reader.sizeOf(name);
    if (size === undefined) throw new AppError('MEDIA_GONE', `${name} is not there any more`, { path: name });
    return size;
  } catch (error) {
    if (!isAppError(error, 'BUNDLE_LINK_REFUSED')) throw error;
    await reader.list(name, MODEL_FOLDER_LIMITS.namesPerFolder);
    return null;
  }
}

function refuseTwins(files: readonly ListedFile[]): void {
  const seen = new Set<string>();
  for (const { name } of files) {
    const key = name.normalize('NFC').toLowerCase().normalize('NFC');
    if (seen.has(key)) throw new AppError('MODEL_FILE_TWICE', `${name} is there under two names`, { name });
    seen.add(key);
  }
}

function tooMany(why: string): AppError {
  return new AppError('MODEL_FOLDER_INVALID', why, {});
}
