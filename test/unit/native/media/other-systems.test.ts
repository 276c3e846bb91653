import { describe, expect, it } from 'vitest';
import { parseDiskutil } from '#native/media/darwin-volumes.ts';
import { parseGetVolume } from '#native/media/windows-volumes.ts';

describe('darwin volumes', () => {
  it('takes mounted partitions of external disks', () => {
    const json = JSON.stringify({
      AllDisks: ['disk4', 'disk4s1'],
      AllDisksAndPartitions: [
        {
          Content: 'FDisk_partition_scheme',
          DeviceIdentifier: 'disk4',
          OSInternal: false,
          Size: 62_109_253_632,
          Partitions: [
            {
              Content: 'Windows_NTFS',
              DeviceIdentifier: 'disk4s1',
              MountPoint: '/Volumes/PLANT',
              Size: 62_107_156_480,
              VolumeName: 'PLANT',
              VolumeUUID: '9A5C',
            },
          ],
        },
        { Content: '', DeviceIdentifier: 'disk5', Size: 1 },
      ],
    });

    expect(parseDiskutil(json)).toEqual([
      expect.objectContaining({ mountPath: '/Volumes/PLANT', label: 'PLANT', serial: '9A5C', kind: 'removable' }),
    ]);
  });
});

describe('windows volumes', () => {
  it('takes removable volumes that have a drive letter', () => {
    const json = JSON.stringify([
      {
        DriveLetter: 'E',
        FileSystemLabel: 'PLANT',
        FileSystem: 'FAT32',
        Size: 8_000_000_000,
        SizeRemaining: 7_000_000_000,
        UniqueId: '\\\\?\\Volume{1}\\',
      },
      { DriveLetter: null, FileSystemLabel: '', FileSystem: null, Size: 0, SizeRemaining: 0, UniqueId: null },
    ]);

    expect(parseGetVolume(json)).toEqual([
      expect.objectContaining({ mountPath: 'E:\\', label: 'PLANT', fileSystem: 'FAT32', freeBytes: 7_000_000_000 }),
    ]);
  });

  it('takes no output as no volumes', () => {
    expect(parseGetVolume('\r\n')).toEqual([]);
  });
});
