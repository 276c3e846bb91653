import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';
import type { Volume } from '#core/media/ports.ts';
import { identityOf, isThere, rootIdentityOf } from './mount-identity.ts';

/**
 * Runs work below the root of a medium in a way that can never reach the folder beneath its mount point. On Linux the root is held
 * open and everything goes through that handle, so that even an unmount in the middle cannot turn a write to the system disk;
 * elsewhere the root is compared before and after.
 */
export async function withHeldRoot<T>(
  volume: Pick<Volume, 'mountPath' | 'rootIdentity'>,
  work: (root: string) => Promise<T>,
): Promise<T> {
  const wanted = volume.rootIdentity ?? (await rootIdentityOf(volume.mountPath));
  if (process.platform !== 'linux' || !(await isThere('/proc/self/fd'))) {
    await assertRoot(volume.mountPath, wanted);
    const result = await work(volume.mountPath);
    await assertRoot(volume.mountPath, wanted);
    return result;
  }
  const held = await open(volume.mountPath, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if (wanted === undefined || identityOf(await held.stat({ bigint: true })) !== wanted) throw gone(volume.mountPath);
    const result = await work(`/proc/self/fd/${String(held.fd)}`);
    await assertRoot(volume.mountPath, wanted);
    return result;
  } finally {
    await held.close();
  }
}

async function assertRoot(path: string, wanted: string | undefined): Promise<void> {
  if (wanted === undefined || (await rootIdentityOf(path)) !== wanted) throw gone(path);
}

function gone(path: string): AppError {
  return new AppError('MEDIA_GONE', 'the medium is not mounted any more where it was', { path, cause: 'unmounted' });
}
