import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, isAppError } from '#core/base/index.ts';
import type { ContainedKind } from '#core/media/index.ts';
import type { FolderOpener, MediaAccess, Volume, VolumeReader } from '#core/media/ports.ts';
import { archiveReader, readArchive, type ArchiveContents } from './archive-reader.ts';
import { ARCHIVE_LIMITS } from './limits.ts';

const ARCHIVE_NAME = /\.(?:tar|tar\.gz|tgz|tar\.zst)$/i;

/** Whether a file is offered as an archive. What it is, its content tells. */
export function isArchiveName(name: string): boolean {
  return ARCHIVE_NAME.test(name);
}

/** What was read of an archive, for as long as the file stays the same; looking at it again and again costs one stat. */
type KnownArchives = Map<string, { readonly stamp: string; readonly contents: Promise<ArchiveContents> }>;

const KNOWN_ARCHIVES = 32;

/** Media access that reads archive volumes as if their members were files. */
export function withArchives(base: MediaAccess): MediaAccess {
  const known: KnownArchives = new Map();
  return {
    limits: base.limits,
    writer: (volume) => base.writer(holderOf(volume)),
    reader: (volume) => {
      const { archive } = volume;
      const holder = base.reader(holderOf(volume));
      if (archive === undefined) return holder;
      return archiveReader(holder, archive.path, () =>
        contentsOf(known, volume.mountPath, { holder, path: archive.path }),
      );
    },
  };
}

/** The folder around an archive: reads go through it, so that a pulled stick is noticed there. */
function holderOf(volume: Volume): Volume {
  return volume.archive === undefined ? volume : { ...volume, mountPath: volume.archive.holderPath };
}

async function contentsOf(
  known: KnownArchives,
  key: string,
  { holder, path }: { holder: VolumeReader; path: string },
): Promise<ArchiveContents> {
  const stamp = await holder.stampOf(path);
  if (stamp === undefined) throw new AppError('MEDIA_GONE', `${path} is not there any more`, { path });
  const before = known.get(key);
  if (before?.stamp === stamp) return before.contents;
  void before?.contents.then(({ bytes }) => {
    bytes.close();
  }, ignore);
  const contents = readArchive(holder, path);
  known.delete(key);
  known.set(key, { stamp, contents });
  for (const oldest of [...known.keys()].slice(0, Math.max(0, known.size - KNOWN_ARCHIVES))) known.delete(oldest);
  // A refusal holds while the file is the same; a medium that went away says nothing about it.
  contents.catch((error: unknown) => {
    if (!isAppError(error) || error.code === 'MEDIA_GONE' || error.code === 'DISK_FAILED') known.delete(key);
  });
  return contents;
}

/** Opens folders as before, and an archive file that a person named. */
export function archiveOpener(base: FolderOpener): FolderOpener {
  return {
    open: async (path) => {
      if (!isArchiveName(path) || !(await isFile(path))) return base.open(path);
      return archiveVolume(await base.open(dirname(path)), basename(path));
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** An archive that lies on a volume, as a volume of its own: read-only, under a name that says where it lies. */
function archiveVolume(holder: Volume, path: string): Volume {
  const mountPath = join(holder.mountPath, path);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return {
    ...holder,
    id: `${holder.id.slice(0, 48)}-${hash}`,
    mountPath,
    label: `${holder.label}: ${path}`,
    readOnly: true,
    archive: { holderPath: holder.mountPath, path },
  };
}

/** Archives in the root of a medium and one folder deep. */
export const archivesOn: ContainedKind = async (volume, reader) =>
  (await archivePaths(reader)).slice(0, ARCHIVE_LIMITS.perMedium).map((path) => archiveVolume(volume, path));

async function archivePaths(reader: VolumeReader): Promise<string[]> {
  const names = await reader.list('', ARCHIVE_LIMITS.namesPerFolder);
  const archives = names.filter(isArchiveName);
  const folders = names.filter((name) => !name.includes('.') && name !== 'gantry' && name !== 'blobs');
  for (const folder of folders.slice(0, ARCHIVE_LIMITS.folders)) {
    try {
      const inside = await reader.list(folder, ARCHIVE_LIMITS.namesPerFolder);
      archives.push(...inside.filter(isArchiveName).map((name) => `${folder}/${name}`));
    } catch (error) {
      // A file without an ending, a link, or a folder with too many names: no archive is looked for there.
      if (!isAppError(error) || error.code === 'MEDIA_GONE') throw error;
    }
  }
  return archives;
}

function ignore(): void {
  // The reason is with whoever waited for it.
}
