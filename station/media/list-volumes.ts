import { z } from 'zod';
import { isAppError } from '#core/base/index.ts';
import type { FolderOpener, Volume, VolumeSource } from '#core/media/ports.ts';
import type { DocumentCollection } from '#core/storage/ports.ts';

/** A folder that a person opened as a medium; its handle survives a restart. */
export const OpenedFolder = z.object({
  id: z.string(),
  path: z.string(),
  /** Where its file system began when it was opened; absent in records of older versions. */
  mountPoint: z.string().optional(),
});
export type OpenedFolder = z.infer<typeof OpenedFolder>;

/** Where media come from. */
export interface VolumeListDeps {
  /** Merged in this order: the inbox first, then removable media. */
  readonly sources: readonly VolumeSource[];
  readonly opener: FolderOpener;
  /** A source or medium that failed while it was looked at; the others are still listed. */
  readonly onSourceFailure: (error: unknown) => void;
}

type OpenedFolders = Pick<DocumentCollection<OpenedFolder>, 'list'>;

/** Every medium that is connected now, each under a handle of its own. A source that fails hides its own media only. */
export async function listVolumes(deps: VolumeListDeps, folders: OpenedFolders): Promise<Volume[]> {
  const sources = deps.sources.map((source) => orNone(() => source.list(), deps));
  const lists = await Promise.all([...sources, openedFolders(deps, folders)]);
  const distinct = new Map<string, Volume>();
  for (const volume of lists.flat()) {
    const twin = distinct.get(volume.id);
    if (twin === undefined) distinct.set(volume.id, volume);
    // Cloned sticks share every identity that they have: the second one still needs a handle of its own.
    else if (twin.mountPath !== volume.mountPath) {
      distinct.set(`${volume.id}-twin`, { ...volume, id: `${volume.id}-twin` });
    }
  }
  return [...distinct.values()];
}

async function openedFolders({ opener, onSourceFailure }: VolumeListDeps, folders: OpenedFolders): Promise<Volume[]> {
  const found: Volume[] = [];
  for (const folder of folders.list()) {
    try {
      const volume = await opener.open(folder.path);
      // The stick that was mounted there is gone: the folder beneath must not be read, and never be written to.
      if (folder.mountPoint !== undefined && folder.mountPoint !== volume.mountPoint) continue;
      found.push({ ...volume, id: folder.id });
    } catch (error) {
      // A folder that was removed is a stick that was pulled: not listed, and back when it is back.
      if (!isAppError(error, 'NOT_FOUND')) onSourceFailure(error);
    }
  }
  return found;
}

async function orNone(list: () => Promise<Volume[]>, { onSourceFailure }: VolumeListDeps): Promise<Volume[]> {
  try {
    return await list();
  } catch (error) {
    onSourceFailure(error);
    return [];
  }
}
