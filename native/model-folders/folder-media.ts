import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MLMODEL_FILE } from '#core/adoption/index.ts';
import { AppError, isAppError } from '#core/base/index.ts';
import type { ContainedKind } from '#core/media/index.ts';
import type { FolderOpener, MediaAccess, Volume, VolumeReader } from '#core/media/ports.ts';
import { MODEL_SIGNATURE_FILE } from '#core/model-signing/index.ts';
import { layoutOf } from './folder-reader.ts';
import { MODEL_FOLDER_LIMITS } from './limits.ts';
import { readModelFolder, type FolderLayout, type ModelFolderParts } from './read-folder.ts';
import { folderStamp, subfolder } from './subfolder.ts';

type FolderForm = NonNullable<Volume['folder']>['form'];

/** What was read of a folder, for as long as nothing in it changes. */
type KnownFolders = Map<string, { readonly stamp: string; readonly layout: Promise<FolderLayout> }>;

const KNOWN_FOLDERS = 16;

/** Media access that reads a folder on a medium as a medium of its own, and a model folder as if it were an OCI layout. */
export function withModelFolders(base: MediaAccess, parts: ModelFolderParts): MediaAccess {
  const known: KnownFolders = new Map();
  return {
    limits: base.limits,
    writer: (volume) => base.writer(holderOf(volume)),
    reader: (volume) => {
      const reader = base.reader(holderOf(volume));
      if (volume.folder === undefined) return reader;
      const inside = subfolder(reader, volume.folder.path);
      if (volume.folder.form === 'layout') return inside;
      const open = (): Promise<FolderLayout> =>
        remembered(known, volume.mountPath, inside, () => readModelFolder(inside, basename(volume.mountPath), parts));
      return layoutOf(inside, open);
    },
  };
}

/** The medium around a folder: reads go through it, so that a pulled stick is noticed there. */
function holderOf(volume: Volume): Volume {
  return volume.folder === undefined ? volume : { ...volume, mountPath: volume.folder.holderPath };
}

async function remembered(
  known: KnownFolders,
  key: string,
  inside: VolumeReader,
  read: () => Promise<FolderLayout>,
): Promise<FolderLayout> {
  const stamp = await folderStamp(inside);
  const before = known.get(key);
  if (before?.stamp === stamp) return before.layout;
  const layout = read();
  known.delete(key);
  known.set(key, { stamp, layout });
  for (const oldest of [...known.keys()].slice(0, Math.max(0, known.size - KNOWN_FOLDERS))) known.delete(oldest);
  // A refusal holds while the folder is the same; a medium that went away says nothing about it.
  layout.catch((error: unknown) => {
    if (!isAppError(error) || error.code === 'MEDIA_GONE' || error.code === 'DISK_FAILED') known.delete(key);
  });
  return layout;
}

/** Opens what a person named: a model folder as one, anything else as before. */
export function modelFolderOpener(base: FolderOpener): FolderOpener {
  return {
    open: async (path) => {
      const volume = await base.open(path);
      const isModel = volume.archive === undefined && (await hasAny(path, [MLMODEL_FILE, MODEL_SIGNATURE_FILE]));
      if (!isModel || (await hasAny(path, ['oci-layout', 'index.json', 'gantry']))) return volume;
      return { ...volume, readOnly: true, folder: { holderPath: volume.mountPath, path: '', form: 'model' } };
    },
  };
}

async function hasAny(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(names.map((name) => lstat(join(folder, name)).then(yes, no)));
  return found.includes(true);
}

const yes = (): boolean => true;
const no = (): boolean => false;

/** Model folders and layouts that lie on a medium: in its root (model folders only: a layout there is the medium itself) and one folder deep. */
export const foldersOn: ContainedKind = async (volume, reader) => {
  const names = await reader.list('', MODEL_FOLDER_LIMITS.namesPerFolder);
  const found: Volume[] = [];
  if (formOf(names) === 'model') found.push(folderVolumeOf(volume, '', 'model'));
  const folders = names.filter((name) => !name.startsWith('.') && name !== 'gantry' && name !== 'blobs');
  for (const name of folders.slice(0, MODEL_FOLDER_LIMITS.folders)) {
    const form = formOf(await namesIn(reader, name));
    if (form !== null) found.push(folderVolumeOf(volume, name, form));
  }
  return found.slice(0, MODEL_FOLDER_LIMITS.perMedium);
};

function formOf(names: readonly string[]): FolderForm | null {
  if (names.includes('oci-layout')) return 'layout';
  return names.includes(MLMODEL_FILE) || names.includes(MODEL_SIGNATURE_FILE) ? 'model' : null;
}

/** Empty for a file, a link, or a folder with too many names: no model is looked for there. */
async function namesIn(reader: VolumeReader, folder: string): Promise<string[]> {
  try {
    return await reader.list(folder, MODEL_FOLDER_LIMITS.namesPerFolder);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'MEDIA_GONE') throw error;
    return [];
  }
}

function folderVolumeOf(holder: Volume, path: string, form: FolderForm): Volume {
  const hash = createHash('sha256').update(`${form} ${path}`).digest('hex').slice(0, 12);
  const what = form === 'model' ? 'model folder' : 'OCI layout';
  return {
    ...holder,
    id: `${holder.id.slice(0, 48)}-${hash}`,
    mountPath: path === '' ? holder.mountPath : join(holder.mountPath, path),
    label: `${holder.label}: ${path === '' ? what : `${path} (${what})`}`,
    readOnly: true,
    folder: { holderPath: holder.mountPath, path, form },
  };
}
