import { AppError } from '#core/base/index.ts';

/** The operating system's code of a failed call, e.g. `ENOENT`. */
export function osCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isNotFound(error: unknown): boolean {
  return osCode(error) === 'ENOENT' || osCode(error) === 'ENOTDIR';
}

function isNoSpace(error: unknown): boolean {
  return osCode(error) === 'ENOSPC' || osCode(error) === 'EDQUOT';
}

/** Wraps a failed disk call once, at the boundary: DISK_FULL or DISK_FAILED with the path and the cause. */
export function toDiskError(error: unknown, path: string, neededBytes?: number): AppError {
  if (error instanceof AppError) return error;
  if (isNoSpace(error)) {
    return new AppError(
      'DISK_FULL',
      `${path}: no room for this write`,
      { path, ...(neededBytes === undefined ? {} : { neededBytes }) },
      { cause: error },
    );
  }
  return new AppError(
    'DISK_FAILED',
    `${path}: ${osCode(error) ?? 'disk call failed'}`,
    { path, osCode: osCode(error) ?? null },
    { cause: error },
  );
}
