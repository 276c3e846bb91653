import { AppError } from '#core/base/index.ts';

export const BLOCK_BYTES = 512;

/** One header block of a tar archive (POSIX.1-1988 ustar, and the GNU form of it). */
export interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** Untrusted: a header block. ARCHIVE_MALFORMED when anything about it is not as tar writes it. */
export function parseTarHeader(block: Uint8Array): TarHeader {
  if (!isChecksumRight(block)) throw malformed('a header has a wrong checksum');
  const magic = latin(block.subarray(257, 265));
  const isPosix = magic === 'ustar\u000000';
  if (!isPosix && magic !== 'ustar  \0') throw malformed('a header is neither of POSIX nor of GNU tar');
  const name = textOf(block.subarray(0, 100));
  // The GNU form keeps times where POSIX keeps the beginning of a long name.
  const prefix = isPosix ? textOf(block.subarray(345, 500)) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: latin(block.subarray(156, 157)),
    sizeBytes: sizeOf(block.subarray(124, 136)),
  };
}

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Text up to its first NUL, which must be UTF-8 and have nothing but NULs behind it. */
export function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  if (end !== -1 && !isZeroBlock(field.subarray(end))) throw malformed('a name goes on behind its end');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end === -1 ? field : field.subarray(0, end),
    );
  } catch (cause) {
    throw malformed('a name is not UTF-8', cause);
  }
}

export function malformed(what: string, cause?: unknown): AppError {
  return new AppError('ARCHIVE_MALFORMED', what, {}, cause === undefined ? undefined : { cause });
}

/** Octal digits, or for files of 8 GiB and more a binary number marked by the highest bit (GNU). Negative ones are refused. */
function sizeOf(field: Uint8Array): number {
  const [first = 0] = field;
  if (first >= 0x80) {
    if (first !== 0x80) throw malformed('a size is negative or too large');
    const size = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(size)) throw malformed('a size is too large');
    return size;
  }
  const text = latin(field);
  const digits = /^ *([0-7]{1,12})[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) throw malformed('a size is no number');
  return Number.parseInt(digits, 8);
}

/** The checksum field itself counts as blanks. */
function isChecksumRight(block: Uint8Array): boolean {
  const stated = /^ *([0-7]{1,8})[ \0]*$/.exec(latin(block.subarray(148, 156)))?.[1];
  if (stated === undefined) return false;
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum === Number.parseInt(stated, 8);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
