import type { VolumeView } from '#contracts/media.ts';
import { AppError, isAppError, type Clock } from '#core/base/index.ts';
import {
  describeMedium,
  describeStamp,
  inspectParts,
  type IndexTrust,
  type LayoutInspector,
  type MediumDescription,
} from '#core/media/index.ts';
import type { MediaAccess, Volume } from '#core/media/ports.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import { listVolumes, OpenedFolder, type VolumeListDeps } from './list-volumes.ts';
import { MediumUsers } from './medium-users.ts';
import type { ConnectedMedium, MediaService } from './service.ts';
import { toVolumeView } from './volume-view.ts';
import { createWatchedList } from './watched-list.ts';

export interface MediaDeps extends VolumeListDeps {
  readonly access: MediaAccess;
  readonly inspectLayout: LayoutInspector;
  /** Whose signature on the index of a set counts; asked anew for every look, because trust changes. */
  readonly indexTrust: () => IndexTrust;
  readonly store: StationStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
}

/** A change is seen within this time (D2 asks for two seconds). */
const POLL_MS = 1_000;

/** Media of this machine: removable volumes, the inbox and opened folders. Handles of folders survive a restart. */
export function createMediaService(deps: MediaDeps): MediaService {
  const folders = deps.store.documents('media-folders', OpenedFolder);
  const users = new MediumUsers();
  const descriptions = new Map<string, { stamp: string; description: MediumDescription }>();
  const watched = createWatchedList({
    clock: deps.clock,
    pollMs: POLL_MS,
    list: volumeViews,
    keyOf: changeKey,
    onFailure: deps.onSourceFailure,
  });

  async function inspect(volume: Volume): Promise<ConnectedMedium | null> {
    try {
      const reader = deps.access.reader(volume);
      const trust = deps.indexTrust();
      const stamp = `${volume.mountPath} ${await describeStamp(reader)} ${trust.keys.map((key) => key.keyId).join()}`;
      const known = descriptions.get(volume.id);
      const description =
        known?.stamp === stamp
          ? known.description
          : await describeMedium(reader, deps.hasher, deps.inspectLayout, trust);
      descriptions.set(volume.id, { stamp, description });
      return { volume, contents: await inspectParts(reader, description) };
    } catch (error) {
      // Pulled between listing and looking: it is simply not there.
      if (!isAppError(error, 'MEDIA_GONE')) deps.onSourceFailure(error);
      return null;
    }
  }

  async function connected(): Promise<ConnectedMedium[]> {
    const media = await Promise.all((await listVolumes(deps, folders)).map(inspect));
    return media.filter((medium) => medium !== null);
  }

  async function volumeViews(): Promise<VolumeView[]> {
    return (await connected()).map(viewOf);
  }

  function viewOf(medium: ConnectedMedium): VolumeView {
    return toVolumeView(medium, folders.get(medium.volume.id) !== undefined);
  }

  return {
    volumes: volumeViews,
    watch: watched.watch,
    connected,
    openFolder: async (path) => {
      const named = await deps.opener.open(path);
      // A stick that is listed already keeps its one handle, with its label, serial number and users.
      const listed = (await listVolumes(deps, folders)).find(({ mountPath }) => mountPath === named.mountPath);
      const volume = listed ?? named;
      const medium = await inspect(volume);
      if (medium === null) throw new AppError('MEDIA_GONE', `${path} vanished while it was opened`, { path });
      const { id, mountPath, mountPoint } = volume;
      if (listed === undefined)
        folders.put(id, { id, path: mountPath, ...(mountPoint === undefined ? {} : { mountPoint }) });
      watched.poke();
      return viewOf(medium);
    },
    closeFolder: (volumeId) => {
      if (folders.get(volumeId) === undefined)
        throw new AppError('VOLUME_UNKNOWN', `${volumeId} is not an opened folder`, { volumeId });
      folders.delete(volumeId);
      watched.poke();
    },
    require: async (volumeId) => {
      const volume = (await listVolumes(deps, folders)).find((candidate) => candidate.id === volumeId);
      if (volume === undefined) throw new AppError('VOLUME_UNKNOWN', `${volumeId} is not connected`, { volumeId });
      return volume;
    },
    reader: (volume) => deps.access.reader(volume),
    hold: (volumeId, user) => users.hold(volumeId, user),
    usersOf: (volumeId) => users.of(volumeId),
    writer: (volume) => users.holding(volume.id, deps.access.writer(volume)),
    limits: (volume) => deps.access.limits(volume),
  };
}

/** Room on a disk changes all the time; only plug, unplug and content are news. */
function changeKey(views: readonly VolumeView[]): string {
  return JSON.stringify(views.map(({ freeBytes: _free, totalBytes: _total, ...rest }) => rest));
}
