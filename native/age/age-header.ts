import { AppError, KIB } from '#core/base/index.ts';

/** A recipient takes some 110 bytes of the header; a few hundred are more than a site has. */
export const HEADER_LIMIT_BYTES = 64 * KIB;

const VERSION_LINE = 'age-encryption.org/v1\n';
const ARMOUR_LINE = '-----BEGIN AGE ENCRYPTED FILE-----';
const LINE_END = 0x0a;

/** How the first bytes of a file say that it is encrypted. */
export function isAgeStart(bytes: Uint8Array): 'binary' | 'armour' | null {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (text.startsWith(VERSION_LINE)) return 'binary';
  return text.trimStart().startsWith(ARMOUR_LINE) ? 'armour' : null;
}

/**
 * Length of the header at the start of `bytes`, its MAC line included; undefined while its end has not come.
 * Untrusted: AGE_NOT_ENCRYPTED for another format, AGE_HEADER_INVALID beyond the limit.
 */
export function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.length >= VERSION_LINE.length && isAgeStart(bytes) !== 'binary')
    throw new AppError('AGE_NOT_ENCRYPTED', 'the content does not begin as an age file', {});
  for (let line = 0; line < bytes.length;) {
    const end = bytes.indexOf(LINE_END, line);
    if (end === -1) break;
    if (bytes[line] === 0x2d && bytes[line + 1] === 0x2d && bytes[line + 2] === 0x2d) return end + 1;
    line = end + 1;
  }
  if (bytes.length > HEADER_LIMIT_BYTES)
    throw new AppError('AGE_HEADER_INVALID', 'the header has no end within its limit', {
      limitBytes: HEADER_LIMIT_BYTES,
    });
  return undefined;
}
