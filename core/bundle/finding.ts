import { errorEntry, type ErrorCode } from '#contracts/errors/index.ts';
import { isAppError, type AppError, type Finding } from '#core/base/index.ts';

/** A finding with the catalogue's sentence and advice; `detail` is what is special about this one. */
export function findingOf(code: ErrorCode, at: string, detail = '', severity: Finding['severity'] = 'block'): Finding {
  const { what, next } = errorEntry(code);
  // Details can hold text of the bundle: one line, and not endless.
  const shown = detail.replace(/\p{Cc}/gu, '?').slice(0, 400);
  return { code, severity, at: at.slice(0, 300), message: shown === '' ? what : `${what} ${shown}`, next };
}

/** Failures of a read that say something about the bundle; any other failure says something about this machine. */
const FAULTS_OF_THE_BUNDLE: readonly ErrorCode[] = [
  'BUNDLE_BLOB_MISSING',
  'BUNDLE_DIGEST_MISMATCH',
  'BUNDLE_LINK_REFUSED',
  'BUNDLE_PATH_ESCAPE',
  'BUNDLE_SIZE_MISMATCH',
];

/** The finding for a failed read, or null when the failure is not the bundle's. */
export function findingOfReadError(error: unknown, at: string): Finding | null {
  if (!isAppError(error)) return null;
  const code = codeOf(error);
  return code === null ? null : findingOf(code, at, error.message);
}

function codeOf(error: AppError): ErrorCode | null {
  if (error.code === 'NOT_FOUND') return 'BUNDLE_BLOB_MISSING';
  if (error.code === 'INPUT_TOO_LARGE') return 'BUNDLE_TOO_LARGE';
  return FAULTS_OF_THE_BUNDLE.includes(error.code) ? error.code : null;
}
