import { folderVolume } from '#native/media/index.ts';
import type { StationServices } from '#station/rpc/services.ts';

/**
 * Works with the medium that lies at a path under the handle that the site has for it, so that its users are known. A folder that the
 * site did not list is opened for as long as the work takes.
 */
export async function withStickAt<T>(
  { media }: Pick<StationServices, 'media'>,
  dir: string,
  work: (volumeId: string) => Promise<T>,
): Promise<T> {
  const { mountPath } = await folderVolume(dir);
  const known = (await media.connected()).find(({ volume }) => volume.mountPath === mountPath);
  if (known !== undefined) return work(known.volume.id);
  const opened = await media.openFolder(dir);
  try {
    return await work(opened.id);
  } finally {
    // Ejecting closes it already.
    if ((await media.connected()).some(({ volume }) => volume.id === opened.id)) media.closeFolder(opened.id);
  }
}
