import { AppError } from '#core/base/index.ts';
import type { FileSystemLimits } from '#core/storage/ports.ts';

/** A file that is going to be written. */
export interface NeededFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What stops files from being written, before the first byte (D8); null when nothing known does. */
export function shortage(files: readonly NeededFile[], limits: FileSystemLimits): Shortage | null {
  const large = files.find(({ sizeBytes }) => sizeBytes > (limits.largestFileBytes ?? Number.POSITIVE_INFINITY));
  if (large !== undefined) return { kind: 'file', file: large, largestFileBytes: limits.largestFileBytes ?? 0 };
  if (limits.freeFiles !== null && files.length > limits.freeFiles)
    return { kind: 'files', needFiles: files.length, freeFiles: limits.freeFiles };
  const needBytes = files.reduce((sum, { sizeBytes }) => sum + inBlocks(sizeBytes, limits.blockBytes), 0);
  if (limits.freeBytes !== null && needBytes > limits.freeBytes)
    return { kind: 'bytes', needBytes, freeBytes: limits.freeBytes, missingBytes: needBytes - limits.freeBytes };
  return null;
}

export type Shortage =
  | { readonly kind: 'file'; readonly file: NeededFile; readonly largestFileBytes: number }
  | { readonly kind: 'files'; readonly needFiles: number; readonly freeFiles: number }
  | { readonly kind: 'bytes'; readonly needBytes: number; readonly freeBytes: number; readonly missingBytes: number };

/** Refuses a write to a medium before its first byte, with the amount: MEDIA_FILE_TOO_LARGE or MEDIA_TARGET_TOO_SMALL. */
export function assertFits(files: readonly NeededFile[], limits: FileSystemLimits): void {
  const short = shortage(files, limits);
  switch (short?.kind) {
    case undefined:
      return;
    case 'file': {
      const { path, sizeBytes } = short.file;
      const sentence = `${path} has ${String(sizeBytes)} bytes, a file there can have ${String(short.largestFileBytes)}`;
      throw new AppError('MEDIA_FILE_TOO_LARGE', sentence, { ...short.file, largestFileBytes: short.largestFileBytes });
    }
    case 'files': {
      const { needFiles, freeFiles } = short;
      const sentence = `${String(needFiles)} files are needed, room for ${String(freeFiles)} is left`;
      throw new AppError('MEDIA_TARGET_TOO_SMALL', sentence, { needFiles, freeFiles });
    }
    case 'bytes': {
      const { needBytes, freeBytes, missingBytes } = short;
      const sentence = `${String(needBytes)} bytes are needed, ${String(missingBytes)} more than are free`;
      throw new AppError('MEDIA_TARGET_TOO_SMALL', sentence, { needBytes, freeBytes, missingBytes });
    }
  }
}

function inBlocks(sizeBytes: number, blockBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes) * blockBytes;
}
