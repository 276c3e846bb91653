import { AppError, isAppError } from '#core/base/index.ts';

/** The operating system's code of a failed call. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a yanked stick or a dead FUSE daemon answer, and nothing else does. */
const GONE: ReadonlySet<string> = new Set(['ENODEV', 'ENOTCONN', 'ENXIO', 'ESTALE', 'ESHUTDOWN', 'ENOMEDIUM']);

/** A bad place on the medium as well as a medium that is going: only looking elsewhere on it tells which. */
const DOUBTFUL: ReadonlySet<string> = new Set(['EIO', 'EREMOTEIO', 'UNKNOWN']);

/** Whether a failure does not tell by itself if the medium is gone. */
export function isDoubtful(error: unknown): boolean {
  return DOUBTFUL.has(systemCode(error) ?? '');
}

/**
 * Turns a failed read of a medium into MEDIA_GONE, NOT_FOUND, BUNDLE_LINK_REFUSED or DISK_FAILED.
 * DISK_FAILED is a place that cannot be read on a medium that otherwise answers: whoever reads knows its byte range.
 */
export function readFailure(error: unknown, path: string, isRootThere: boolean): AppError {
  if (isAppError(error)) return error;
  const code = systemCode(error);
  const details = { path, cause: code ?? '' };
  if (code === 'ELOOP')
    return new AppError('BUNDLE_LINK_REFUSED', `${path} is a link or special file`, details, { cause: error });
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return isRootThere
      ? new AppError('NOT_FOUND', `${path} is not on the medium`, details, { cause: error })
      : gone(path, 'folder vanished', error);
  }
  if (!isRootThere || (code !== undefined && GONE.has(code))) return gone(path, code ?? 'folder vanished', error);
  return new AppError('DISK_FAILED', `${path} cannot be read (${code ?? 'unknown'})`, details, { cause: error });
}

/** Turns a failed write to a medium into MEDIA_GONE, MEDIA_TARGET_TOO_SMALL, MEDIA_READ_ONLY or DISK_FAILED. */
export function writeFailure(error: unknown, path: string): AppError {
  if (isAppError(error)) return error;
  const code = systemCode(error);
  const details = { path, cause: code ?? '' };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('MEDIA_TARGET_TOO_SMALL', `no room left on the medium while writing ${path}`, details, {
      cause: error,
    });
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return new AppError('MEDIA_READ_ONLY', `${path} cannot be written (${code})`, details, { cause: error });
  if (code === 'ENOENT' || (code !== undefined && (GONE.has(code) || DOUBTFUL.has(code))))
    return gone(path, code, error);
  if (code === 'EFBIG')
    return new AppError(
      'MEDIA_FILE_TOO_LARGE',
      `the file system of the medium cannot hold a file as large as ${path}`,
      details,
      { cause: error },
    );
  return new AppError('DISK_FAILED', `${path} cannot be written (${code ?? 'unknown'})`, details, { cause: error });
}

function gone(path: string, code: string, cause: unknown): AppError {
  return new AppError(
    'MEDIA_GONE',
    `the medium stopped answering at ${path} (${code})`,
    { path, cause: code },
    { cause },
  );
}
