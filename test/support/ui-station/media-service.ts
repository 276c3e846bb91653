import type { VolumeView } from '#contracts/media.ts';
import { AppError } from '#core/base/index.ts';
import type { Volume, VolumeReader, VolumeWriter } from '#core/media/ports.ts';
import type { MediaService } from '#station/media/service.ts';
import { digestOf } from './digests.ts';
import { KNOWN_BAD_FILES } from './known-bad-service.ts';
import type { World } from './world.ts';

/** A stick with one bundle of the sample model. */
export function stick(id: string, version: string, overrides: Partial<VolumeView> = {}): VolumeView {
  return {
    id,
    kind: 'removable',
    label: `GANTRY-${version}`,
    serial: `4C53000${version.replaceAll('.', '')}1127`,
    fileSystem: 'vfat',
    totalBytes: 31_914_983_424,
    freeBytes: 28_114_200_000,
    readOnly: true,
    canClose: false,
    set: {
      setId: `set-${version.replaceAll('.', '-')}`,
      createdAt: '2026-03-02T09:14:00.000Z',
      sticks: 1,
      partsHere: 1,
      partsTotal: 1,
      bundles: [
        {
          digest: digestOf(`pcb ${version}`),
          model: 'acme/pcb-defect',
          version,
          title: `PCB defect detector ${version}`,
          sizeBytes: 14_208_431,
        },
      ],
    },
    signature: { at: 'trusted', keyId: 'a'.repeat(64), name: 'Data team' },
    problem: null,
    ...overrides,
  };
}

/** Sticks appear and disappear through `plug` and `unplug`. */
export function createMedia(world: World): MediaService & { plug(volume: VolumeView): void; unplug(id: string): void } {
  const list = (): VolumeView[] => [...world.volumes.values()];
  const unreachable = (): never => {
    throw new AppError('VOLUME_UNKNOWN', 'the interface station has no file access', {});
  };
  return {
    volumes: () => Promise.resolve(list()),
    async *watch(signal) {
      yield list();
      for await (const change of world.volumeChanges.after(0, signal)) yield change.value;
    },
    openFolder(path) {
      if (!path.startsWith('/')) return Promise.reject(new AppError('NOT_FOUND', `no folder ${path}`, { path }));
      const volume = stick(`folder-${world.volumes.size + 1}`, '1.2.0', {
        kind: 'folder',
        label: path.split('/').at(-1) ?? path,
        serial: null,
        fileSystem: null,
        readOnly: false,
        canClose: true,
      });
      world.volumes.set(volume.id, volume);
      world.volumeChanges.push(list());
      return Promise.resolve(volume);
    },
    closeFolder(volumeId) {
      world.volumes.delete(volumeId);
      world.volumeChanges.push(list());
    },
    require: (volumeId): Promise<Volume> => {
      const volume = world.volumes.get(volumeId);
      if (volume === undefined)
        return Promise.reject(new AppError('VOLUME_UNKNOWN', `${volumeId} is not connected`, { volumeId }));
      return Promise.resolve({ ...volume, mountPath: '/nowhere' });
    },
    connected: () => Promise.resolve([]),
    hold: () => () => undefined,
    usersOf: () => [],
    // One stick has files that are read; every other part of the interface station reads nothing.
    reader: ({ label }): VolumeReader => (label === 'KNOWN-BAD' ? KNOWN_BAD_FILES : NO_FILES),
    writer: (): VolumeWriter => unreachable(),
    limits: () => Promise.resolve({ freeBytes: null, freeFiles: null, largestFileBytes: null, blockBytes: 4096 }),
    plug(volume) {
      world.volumes.set(volume.id, volume);
      world.volumeChanges.push(list());
    },
    unplug(id) {
      world.volumes.delete(id);
      world.volumeChanges.push(list());
    },
  };
}

const NO_FILES: VolumeReader = new Proxy({} as VolumeReader, {
  // Not a promise, though everything else is there: whoever waits for it gets it.
  get: (_files, name) =>
    name === 'then'
      ? undefined
      : () => Promise.reject(new AppError('NOT_FOUND', 'the interface station has no files', {})),
});
