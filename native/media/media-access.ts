import type { MediaAccess, SetWriter, Volume } from '#core/media/ports.ts';
import type { FileSystemLimits } from '#core/storage/ports.ts';
import { FAT_FILE_BYTES, fileSystemLimits } from '#native/fs/index.ts';
import { readFailure } from './media-failure.ts';
import { createVolumeReader } from './volume-reader.ts';
import { createVolumeWriter } from './volume-writer.ts';

/** Names under which Linux, macOS and Windows list a file system whose files end at 4 GiB. */
const FAT = /^(v?fat|fat ?(12|16|32)|msdos|ms-dos.*|dos_fat_(12|16|32)|windows_fat_(12|16|32))$/i;

interface NodeMediaAccess extends MediaAccess {
  writer(volume: Volume): SetWriter;
}

/** Media through the file system of this machine. */
export const nodeMediaAccess: NodeMediaAccess = {
  reader: createVolumeReader,
  writer: createVolumeWriter,
  limits,
};

async function limits(volume: Volume): Promise<FileSystemLimits> {
  try {
    const found = await fileSystemLimits(volume.mountPath);
    const largestFileBytes = FAT.test(volume.fileSystem ?? '') ? FAT_FILE_BYTES : found.largestFileBytes;
    return { ...found, largestFileBytes };
  } catch (error) {
    throw readFailure(error, '', false);
  }
}
