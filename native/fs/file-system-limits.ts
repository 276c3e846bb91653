import { statfs } from 'node:fs/promises';
import type { FileSystemLimits } from '#core/storage/ports.ts';

/** A file on FAT has at most this many bytes: its size is kept in 32 bits. */
export const FAT_FILE_BYTES = 4 * 1024 * 1024 * 1024 - 1;

/** statfs(2): MSDOS_SUPER_MAGIC. */
const MSDOS_MAGIC = 0x4d44;

/** What the file system of a folder can hold, as far as it tells. Drivers that answer zeros tell nothing. */
export async function fileSystemLimits(path: string): Promise<FileSystemLimits> {
  const { type, bsize, blocks, bavail, files, ffree } = await statfs(path);
  return {
    freeBytes: blocks === 0 ? null : bavail * bsize,
    freeFiles: files === 0 ? null : ffree,
    largestFileBytes: type === MSDOS_MAGIC ? FAT_FILE_BYTES : null,
    blockBytes: Math.max(1, bsize),
  };
}
