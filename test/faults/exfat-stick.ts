import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A stick as plants use it: exFAT, served by a FUSE daemon that can be killed, which is what a pulled stick looks like to a reader. */
export interface ExfatStick {
  readonly path: string;
  /** The stick is gone: every call on it fails with ENOTCONN. */
  yank(): Promise<void>;
  /** It is plugged in again, at the same place. */
  plug(): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the image, copies `content` onto it and mounts it. Needs root, /dev/fuse, exfatprogs and exfat-fuse. */
export async function makeExfatStick(work: string, content: string, megabytes: number): Promise<ExfatStick> {
  const image = join(work, 'stick.img');
  const path = join(work, 'plugged');
  mkdirSync(path);
  const file = openSync(image, 'w');
  ftruncateSync(file, megabytes * 1024 * 1024);
  closeSync(file);
  run('mkfs.exfat', '-L', 'PLANT', image);
  const device = run('losetup', '-f', '--show', image).trim();
  let daemon: ChildProcess | undefined;

  async function plug(): Promise<void> {
    daemon = spawn('mount.exfat-fuse', ['-d', device, path], { stdio: 'ignore' });
    for (let tries = 0; !isMounted(path); tries += 1) {
      if (tries > 200) throw new Error('exfat-fuse did not mount');
      await sleep(20);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = daemon;
    daemon = undefined;
    if (ended?.exitCode !== null || ended.signalCode !== null) return;
    const gone = new Promise((resolve) => ended.once('exit', resolve));
    ended.kill(signal);
    await gone;
  }

  await plug();
  cpSync(content, path, { recursive: true });
  run('sync', '-f', path);
  return {
    path,
    yank: () => end('SIGKILL'),
    plug: async () => {
      spawnSync('umount', ['-l', path]);
      await plug();
    },
    remove: async () => {
      spawnSync('umount', ['-l', path]);
      await end('SIGKILL');
      spawnSync('losetup', ['-d', device]);
      rmSync(image, { force: true });
    },
  };
}

function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === path);
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
