import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { MIB } from '#core/base/index.ts';

export type DiskKind = 'ext4' | 'xfs';

/** What a suite with such disks needs of the machine. */
export const POWER_DISK_NEEDS = ['root', 'loop', { program: 'xfs_io' }, { program: 'mkfs.ext4' }] as const;

/** A file system of its own whose power can be cut: what was not flushed is lost, as behind a drive without a battery. */
export interface PowerDisk {
  readonly path: string;
  /** Command and arguments that cut the power: a program under test may do it itself, at the moment it chooses. */
  readonly cutCommand: readonly [string, ...string[]];
  cutPower(): void;
  mount(): void;
  unmount(): void;
  remove(): void;
}

const MAKE: Readonly<Record<DiskKind, readonly string[]>> = {
  ext4: ['mkfs.ext4', '-qF'],
  xfs: ['mkfs.xfs', '-qf'],
};

/** Makes a sparse image and mounts it. The smallest xfs has 300 MB. */
export function makePowerDisk(kind: DiskKind, at: { path: string; image: string }, megabytes = 400): PowerDisk {
  const { path, image } = at;
  mkdirSync(path, { recursive: true });
  const file = openSync(image, 'wx');
  ftruncateSync(file, megabytes * MIB);
  closeSync(file);
  const [make = '', ...flags] = MAKE[kind];
  execFileSync(make, [...flags, image], { stdio: 'pipe' });
  // Without -f the journal is not flushed either: only what was asked to be durable is.
  const cutCommand = ['xfs_io', '-x', '-c', 'shutdown', path] as const;
  const mount = (): void => {
    // ext4 writes its journal every 5 seconds by itself, which would hide what nobody flushed.
    const options = kind === 'ext4' ? 'loop,commit=600' : 'loop';
    execFileSync('mount', ['-o', options, image, path], { stdio: 'pipe' });
  };
  const unmount = (): void => {
    execFileSync('umount', [path], { stdio: 'pipe' });
  };
  mount();
  return {
    path,
    cutCommand,
    cutPower: () => {
      execFileSync(cutCommand[0], cutCommand.slice(1), { stdio: 'pipe' });
    },
    mount,
    unmount,
    remove: () => {
      spawnSync('umount', ['-l', path]);
      spawnSync('rm', ['-f', image]);
    },
  };
}
