import type { BigIntStats } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Which directory of which file system a path is now; undefined when it is none or does not answer. */
export async function rootIdentityOf(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(identityOf, () => undefined);
}

/** Device and inode: a folder beneath a mount that vanished has others. */
export function identityOf(found: BigIntStats): string | undefined {
  return found.isDirectory() ? `${String(found.dev)}-${String(found.ino)}` : undefined;
}

/** Where the file system of a folder begins: the highest folder above it that is on the same device. */
export async function mountPointOf(path: string): Promise<string> {
  const { dev } = await stat(path, { bigint: true });
  let at = path;
  for (let above = dirname(at); above !== at; above = dirname(at)) {
    const found = await stat(above, { bigint: true }).catch(() => undefined);
    if (found?.dev !== dev) return at;
    at = above;
  }
  return at;
}

/** `major:minor` of a device number as Linux counts (glibc makedev). */
export function deviceNumber(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return `${String(major)}:${String(minor)}`;
}

/**
 * A path that is there as long as the block device of a mounted folder is: a pulled stick leaves its mount behind, with an empty
 * listing and a root that still answers. Null where there is no device to watch (network, memory, other systems).
 */
export async function deviceWitness(
  root: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | null> {
  if (platform !== 'linux') return null;
  const found = await stat(root, { bigint: true }).catch(() => undefined);
  if (found === undefined) return null;
  const number = deviceNumber(found.dev);
  const node = `/sys/dev/block/${number}`;
  if (await isThere(node)) return node;
  // FUSE file systems have no device number of their own; their mount names the device they read.
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const line = mounts.split('\n').find((candidate) => candidate.split(' ')[2] === number);
  const source = line?.split(' - ')[1]?.split(' ')[1];
  return source?.startsWith('/dev/') === true && (await isThere(source)) ? source : null;
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
