import { readdir, readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Volume, VolumeSource } from '#core/media/ports.ts';
import { spaceOf } from './folder-volumes.ts';
import { deviceNumber, identityOf } from './mount-identity.ts';
import { runCommand, type RunCommand } from './run-command.ts';
import { volumeId } from './volume-id.ts';

/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface MountEntry {
  readonly device: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly fileSystem: string;
  readonly source: string;
}

/** A block device that can be taken out, as lsblk tells it. */
export interface RemovableDevice {
  readonly device: string;
  readonly path: string;
  readonly label: string | null;
  readonly serial: string | null;
  readonly uuid: string | null;
  readonly fileSystem: string | null;
  readonly readOnly: boolean;
}

interface LsblkNode {
  readonly path: string;
  readonly 'maj:min': string;
  readonly label?: string | null | undefined;
  readonly serial?: string | null | undefined;
  readonly uuid?: string | null | undefined;
  readonly fstype?: string | null | undefined;
  readonly rm: boolean;
  readonly ro: boolean;
  readonly hotplug: boolean;
  readonly tran?: string | null | undefined;
  readonly children?: readonly LsblkNode[] | undefined;
}

const LsblkNode: z.ZodType<LsblkNode> = z.lazy(() =>
  z.object({
    path: z.string(),
    'maj:min': z.string(),
    label: z.string().nullish(),
    serial: z.string().nullish(),
    uuid: z.string().nullish(),
    fstype: z.string().nullish(),
    rm: z.boolean(),
    ro: z.boolean(),
    hotplug: z.boolean(),
    tran: z.string().nullish(),
    children: z.array(LsblkNode).optional(),
  }),
);
const Lsblk = z.object({ blockdevices: z.array(LsblkNode) });

const LSBLK_ARGS = ['--json', '--output', 'PATH,MAJ:MIN,LABEL,SERIAL,UUID,FSTYPE,RM,RO,HOTPLUG,TRAN'];

/** Reads the mounts; lines of an unknown form are left out. */
export function parseMountinfo(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => {
    const [front, back] = line.split(' - ');
    const [, , device, , mountPath, options] = front?.split(' ') ?? [];
    const [fileSystem, source] = back?.split(' ') ?? [];
    if (
      device === undefined ||
      mountPath === undefined ||
      options === undefined ||
      fileSystem === undefined ||
      source === undefined
    )
      return [];
    return [
      {
        device,
        mountPath: unescapeOctal(mountPath),
        readOnly: options.split(',').includes('ro'),
        fileSystem,
        source: unescapeOctal(source),
      },
    ];
  });
}

/** Blanks and backslashes are written as octal (`\040`); the bytes are UTF-8. */
function unescapeOctal(text: string): string {
  return text.replace(/(?:\\[0-7]{3})+/g, (run) =>
    Buffer.from(
      run
        .split('\\')
        .slice(1)
        .map((octal) => Number.parseInt(octal, 8)),
    ).toString('utf8'),
  );
}

/** Devices that are removable, hot-plugged or on USB, and everything below them. */
export function parseLsblk(text: string): RemovableDevice[] {
  const found: RemovableDevice[] = [];
  const visit = (node: LsblkNode, parent: { isRemovable: boolean; serial: string | null }): void => {
    const isRemovable = parent.isRemovable || node.rm || node.hotplug || node.tran === 'usb';
    const serial = node.serial ?? parent.serial;
    if (isRemovable) {
      found.push({
        device: node['maj:min'],
        path: node.path,
        label: node.label ?? null,
        serial,
        uuid: node.uuid ?? null,
        fileSystem: node.fstype ?? null,
        readOnly: node.ro,
      });
    }
    for (const child of node.children ?? []) visit(child, { isRemovable, serial });
  };
  for (const node of Lsblk.parse(JSON.parse(text)).blockdevices) visit(node, { isRemovable: false, serial: null });
  return found;
}

/** Removable devices that are mounted. FUSE mounts carry no device number, so the source path counts as well. */
export function mountedVolumes(
  devices: readonly RemovableDevice[],
  mounts: readonly MountEntry[],
): (Omit<Volume, 'totalBytes' | 'freeBytes'> & { readonly mountDevice: string })[] {
  return devices.flatMap((device) => {
    const mount = mounts.find((entry) => entry.device === device.device || entry.source === device.path);
    if (mount === undefined) return [];
    return [
      {
        id: volumeId([device.serial, device.uuid], device.path),
        kind: 'removable' as const,
        mountPath: mount.mountPath,
        mountDevice: mount.device,
        label: device.label ?? mount.mountPath.slice(mount.mountPath.lastIndexOf('/') + 1),
        serial: device.serial ?? device.uuid,
        fileSystem: device.fileSystem ?? mount.fileSystem,
        readOnly: mount.readOnly || device.readOnly,
      },
    ];
  });
}

/**
 * Mounted removable media of a Linux machine. Asked often, so lsblk runs only when the mounts or the block devices
 * changed: a stick that was pulled without unmounting stays in the mounts but leaves /sys/class/block.
 */
export function linuxRemovableVolumes(run: RunCommand = runCommand): VolumeSource {
  let known: { key: string; devices: RemovableDevice[] } | undefined;
  return {
    list: async () => {
      const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
      const key = `${mountinfo}\n${(await readdir('/sys/class/block')).sort().join(' ')}`;
      if (known?.key !== key) known = { key, devices: parseLsblk(await run('lsblk', LSBLK_ARGS)) };
      const volumes = mountedVolumes(known.devices, parseMountinfo(mountinfo));
      const present = await Promise.all(volumes.map(withIdentity));
      return present.filter((volume) => volume !== undefined);
    },
  };
}

/** Undefined when the mount vanished since it was listed: what lies under its path now is not the stick. */
async function withIdentity(
  volume: Omit<Volume, 'totalBytes' | 'freeBytes'> & { readonly mountDevice: string },
): Promise<Volume | undefined> {
  const { mountDevice, ...rest } = volume;
  const found = await stat(volume.mountPath, { bigint: true }).catch(() => undefined);
  const rootIdentity = found === undefined ? undefined : identityOf(found);
  if (found === undefined || rootIdentity === undefined) return undefined;
  // A btrfs subvolume has a device number of its own.
  if (volume.fileSystem !== 'btrfs' && deviceNumber(found.dev) !== mountDevice) return undefined;
  return { ...rest, rootIdentity, ...(await spaceOf(volume.mountPath)) };
}
