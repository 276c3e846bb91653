import { z } from 'zod';
import type { Volume, VolumeSource } from '#core/media/ports.ts';
import { spaceOf } from './folder-volumes.ts';
import { runCommand, type RunCommand } from './run-command.ts';
import { volumeId } from './volume-id.ts';

const Partition = z.object({
  DeviceIdentifier: z.string(),
  MountPoint: z.string().optional(),
  VolumeName: z.string().optional(),
  VolumeUUID: z.string().optional(),
  Content: z.string().optional(),
});
const DiskList = z.object({
  AllDisksAndPartitions: z.array(Partition.extend({ Partitions: z.array(Partition).optional() })),
});

/** Mounted volumes in `diskutil list -plist external`, converted to JSON by plutil. */
export function parseDiskutil(json: string): Omit<Volume, 'totalBytes' | 'freeBytes'>[] {
  const disks = DiskList.parse(JSON.parse(json)).AllDisksAndPartitions;
  return disks
    .flatMap((disk) => [disk, ...(disk.Partitions ?? [])])
    .flatMap((partition) => {
      if (partition.MountPoint === undefined) return [];
      return [
        {
          id: volumeId([partition.VolumeUUID ?? null], partition.DeviceIdentifier),
          kind: 'removable' as const,
          mountPath: partition.MountPoint,
          label: partition.VolumeName ?? partition.DeviceIdentifier,
          serial: partition.VolumeUUID ?? null,
          fileSystem: partition.Content ?? null,
          readOnly: false,
        },
      ];
    });
}

/** Mounted external media of a Mac. Written from the documented output; it has not run on such a machine yet. */
export function darwinRemovableVolumes(run: RunCommand = runCommand): VolumeSource {
  return {
    list: async () => {
      const plist = await run('diskutil', ['list', '-plist', 'external']);
      const volumes = parseDiskutil(await run('plutil', ['-convert', 'json', '-r', '-o', '-', '-'], plist));
      return Promise.all(volumes.map(async (volume) => ({ ...volume, ...(await spaceOf(volume.mountPath)) })));
    },
  };
}
