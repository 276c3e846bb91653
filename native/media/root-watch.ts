import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { AppError } from '#core/base/index.ts';
import type { Volume } from '#core/media/ports.ts';
import { isDoubtful, readFailure, systemCode } from './media-failure.ts';
import { deviceWitness, isThere, rootIdentityOf } from './mount-identity.ts';

/** The folder that a medium is mounted at. */
export interface RootWatch {
  /** A pulled stick leaves its mount, a lazily unmounted one an empty folder of another device under the same path. */
  isRootThere(): Promise<boolean>;
  /** Runs work on the medium; a failure says whether the medium is gone. */
  guarded<T>(path: string, work: () => Promise<T>): Promise<T>;
}

/** Watches the root of a medium from the first look on, or from when it was listed. */
export function watchRoot(volume: Pick<Volume, 'mountPath' | 'rootIdentity'>): RootWatch {
  const root = volume.mountPath;
  let rootIdentity = volume.rootIdentity;
  let witness: Promise<string | null> | undefined;

  async function isRootThere(): Promise<boolean> {
    const now = await rootIdentityOf(root);
    rootIdentity ??= now;
    if (now === undefined || now !== rootIdentity) return false;
    const device = await (witness ??= deviceWitness(root));
    return device === null || isThere(device);
  }

  async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      if (witness === undefined && !(await isRootThere()))
        throw new AppError('MEDIA_GONE', 'the medium is not there', { path, cause: 'ENOENT' });
      return await work();
    } catch (error) {
      const isThereStill = await isRootThere();
      throw readFailure(error, path, isThereStill && !(isDoubtful(error) && (await isSilent(root))));
    }
  }

  return { isRootThere, guarded };
}

/**
 * Whether a medium that is still mounted answers nothing any more: a file system that shut itself down fails every read, a bad place
 * fails its own. The index is small and lies elsewhere than the parts.
 */
async function isSilent(root: string): Promise<boolean> {
  for (const path of [MEDIA_PATHS.index, 'index.json']) {
    try {
      const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        await file.read(Buffer.alloc(1), 0, 1, 0);
        return false;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue;
      return true;
    }
  }
  return true;
}
