import { AppError } from '#core/base/index.ts';
import { malformed } from './tar-header.ts';

/** What an extended header may change about the next member. */
export interface PaxChange {
  readonly path?: string;
  readonly sizeBytes?: number;
}

/** Times, owners and comments change nothing that is read here. Everything else (sparse maps, links, charsets) is refused. */
const HARMLESS = /^(?:[amc]time|uid|gid|uname|gname|comment|LIBARCHIVE\.(?:creationtime|xattr\..*)|SCHILY\..*)$/;

/** Untrusted: the records `<length> <key>=<value>\n` of a POSIX.1-2001 extended header. */
export function parsePaxRecords(bytes: Uint8Array): PaxChange {
  const change: { path?: string; sizeBytes?: number } = {};
  const seen = new Set<string>();
  for (let at = 0; at < bytes.length;) {
    const { key, value, end } = recordAt(bytes, at);
    if (seen.has(key)) throw malformed(`an extended header states ${JSON.stringify(key)} twice`);
    seen.add(key);
    if (key === 'path') change.path = value;
    else if (key === 'size') change.sizeBytes = sizeOf(value);
    else if (!HARMLESS.test(key))
      throw new AppError('ARCHIVE_FORM_REFUSED', `an extended header states ${JSON.stringify(key.slice(0, 64))}`, {});
    at = end;
  }
  return change;
}

function recordAt(bytes: Uint8Array, at: number): { key: string; value: string; end: number } {
  const blank = bytes.indexOf(0x20, at);
  const digits = blank === -1 || blank - at > 6 ? '' : String.fromCharCode(...bytes.subarray(at, blank));
  const end = /^[1-9]\d*$/.test(digits) ? at + Number(digits) : -1;
  if (end <= blank || end > bytes.length || bytes[end - 1] !== 0x0a)
    throw malformed('an extended header has a record of a wrong length');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(blank + 1, end - 1));
  } catch (cause) {
    throw malformed('an extended header is not UTF-8', cause);
  }
  const equals = text.indexOf('=');
  if (equals <= 0 || text.slice(0, equals).includes('\0'))
    throw malformed('an extended header has a record without a key');
  return { key: text.slice(0, equals), value: text.slice(equals + 1), end };
}

function sizeOf(value: string): number {
  const size = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(size)) throw malformed('an extended header states a size that is no number');
  return size;
}
