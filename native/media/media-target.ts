import { stat } from 'node:fs/promises';
import { folderVolume } from './folder-volumes.ts';
import { nodeMediaAccess } from './media-access.ts';
import type { MediaTarget } from './media-set-input.ts';

/** A folder as a stick to write to, with what it can hold. */
export async function mediaTarget(folder: string): Promise<MediaTarget> {
  const volume = await folderVolume(folder);
  return {
    reader: nodeMediaAccess.reader(volume),
    writer: nodeMediaAccess.writer(volume),
    limits: await nodeMediaAccess.limits(volume),
    fileSystem: String((await stat(volume.mountPath)).dev),
  };
}
