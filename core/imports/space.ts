import { AppError, MIB } from '#core/base/index.ts';

/** Kept free for the database, logs and the store's own folders. */
export const SPACE_MARGIN_BYTES = 64 * MIB;

/** IMPORT_NO_SPACE, with the amount, before byte 1 (D8). */
export function assertSpace(needBytes: number, freeBytes: number): void {
  const missingBytes = needBytes + (needBytes > 0 ? SPACE_MARGIN_BYTES : 0) - freeBytes;
  if (missingBytes <= 0) return;
  const sentence = `the import needs ${String(needBytes)} bytes and a margin, ${String(missingBytes)} more than are free`;
  throw new AppError('IMPORT_NO_SPACE', sentence, { needBytes, freeBytes, missingBytes });
}
