import { describe, expect, it } from 'vitest';
import { mountedVolumes, parseLsblk, parseMountinfo } from '#native/media/linux-volumes.ts';

/** In the form of `lsblk --json` (util-linux 2.38): two sticks of one label, one of them mounted through FUSE. */
const LSBLK = JSON.stringify({
  blockdevices: [
    {
      path: '/dev/sda',
      'maj:min': '8:0',
      label: null,
      serial: '4C530001',
      uuid: null,
      fstype: null,
      rm: true,
      ro: false,
      hotplug: true,
      tran: 'usb',
      children: [
        {
          path: '/dev/sda1',
          'maj:min': '8:1',
          label: 'PLANT',
          serial: null,
          uuid: '1A2B-3C4D',
          fstype: 'vfat',
          rm: true,
          ro: false,
          hotplug: true,
          tran: null,
        },
      ],
    },
    {
      path: '/dev/sdb',
      'maj:min': '8:16',
      label: 'PLANT',
      serial: '4C530002',
      uuid: 'AAAA-BBBB',
      fstype: 'exfat',
      rm: true,
      ro: true,
      hotplug: true,
      tran: 'usb',
    },
    {
      path: '/dev/sdc',
      'maj:min': '8:32',
      label: 'EMPTY',
      serial: '4C530003',
      uuid: null,
      fstype: null,
      rm: true,
      ro: false,
      hotplug: true,
      tran: 'usb',
    },
    {
      path: '/dev/vda',
      'maj:min': '254:0',
      label: null,
      serial: null,
      uuid: null,
      fstype: null,
      rm: false,
      ro: false,
      hotplug: false,
      tran: null,
    },
  ],
});

/** In the form of /proc/self/mountinfo, with a blank and an umlaut in a mount path. */
const MOUNTINFO = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw,errors=remount-ro
91 22 8:1 / /media/op/PLANT\\040L\\303\\266t rw,nosuid,nodev,relatime shared:52 - vfat /dev/sda1 rw,fmask=0022
95 22 0:58 / /media/op/PLANT1 rw,nosuid,nodev,relatime shared:60 - fuseblk /dev/sdb rw,user_id=0
broken line
`;

describe('linux volumes', () => {
  it('reads mount paths with escaped characters and leaves odd lines out', () => {
    expect(parseMountinfo(MOUNTINFO).map((mount) => [mount.device, mount.mountPath, mount.fileSystem])).toEqual([
      ['254:0', '/', 'ext4'],
      ['8:1', '/media/op/PLANT Löt', 'vfat'],
      ['0:58', '/media/op/PLANT1', 'fuseblk'],
    ]);
  });

  it('lists removable devices only, and gives a partition the serial of its stick', () => {
    expect(parseLsblk(LSBLK).map((device) => [device.path, device.serial])).toEqual([
      ['/dev/sda', '4C530001'],
      ['/dev/sda1', '4C530001'],
      ['/dev/sdb', '4C530002'],
      ['/dev/sdc', '4C530003'],
    ]);
  });

  it('keeps two sticks of one label apart, finds FUSE mounts by their source, and shows the write protection', () => {
    const volumes = mountedVolumes(parseLsblk(LSBLK), parseMountinfo(MOUNTINFO));

    expect(
      volumes.map(({ label, serial, fileSystem, readOnly, mountPath }) => ({
        label,
        serial,
        fileSystem,
        readOnly,
        mountPath,
      })),
    ).toEqual([
      { label: 'PLANT', serial: '4C530001', fileSystem: 'vfat', readOnly: false, mountPath: '/media/op/PLANT Löt' },
      { label: 'PLANT', serial: '4C530002', fileSystem: 'exfat', readOnly: true, mountPath: '/media/op/PLANT1' },
    ]);
    expect(new Set(volumes.map((volume) => volume.id)).size).toBe(2);
  });

  it('gives a stick the same id when it comes back under another device name', () => {
    const before = mountedVolumes(parseLsblk(LSBLK), parseMountinfo(MOUNTINFO))[1];
    const after = mountedVolumes(
      parseLsblk(LSBLK.replaceAll('/dev/sdb', '/dev/sdd')),
      parseMountinfo(MOUNTINFO.replaceAll('/dev/sdb', '/dev/sdd')),
    )[1];

    expect(after?.id).toBe(before?.id);
  });
});
