import { AppError, MIB } from '#core/base/index.ts';
import { shortage } from '#core/media/index.ts';
import type { FileSystemLimits } from '#core/storage/ports.ts';

/** Kept free for the database, logs and the store's own folders. */
export const SPACE_MARGIN_BYTES = 64 * MIB;

/** IMPORT_NO_SPACE, with the amount, before byte 1 (D8). */
export function assertSpace(needBytes: number, freeBytes: number): void {
  const missingBytes = needBytes + (needBytes > 0 ? SPACE_MARGIN_BYTES : 0) - freeBytes;
  if (missingBytes <= 0) return;
  const sentence = `the import needs ${String(needBytes)} bytes and a margin, ${String(missingBytes)} more than are free`;
  throw new AppError('IMPORT_NO_SPACE', sentence, { needBytes, freeBytes, missingBytes });
}

/** IMPORT_STORE_LIMIT when the store's file system can hold neither so many nor so large files, before byte 1. */
export function assertStoreHolds(
  blobs: readonly { digest: string; sizeBytes: number }[],
  limits: FileSystemLimits,
): void {
  // A blob that arrives has a journal beside it.
  const files = blobs.flatMap(({ digest, sizeBytes }) => [
    { path: digest, sizeBytes },
    { path: `${digest} journal`, sizeBytes: 0 },
  ]);
  const short = shortage(files, { ...limits, freeBytes: null });
  if (short === null || short.kind === 'bytes') return;
  const sentence =
    short.kind === 'file'
      ? `${short.file.path} has ${String(short.file.sizeBytes)} bytes, a file of the store can have ${String(short.largestFileBytes)}`
      : `the import needs ${String(short.needFiles)} files, the store has room for ${String(short.freeFiles)}`;
  throw new AppError('IMPORT_STORE_LIMIT', sentence, { kind: short.kind, blobs: blobs.length });
}
