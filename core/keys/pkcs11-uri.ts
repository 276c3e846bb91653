import { AppError } from '#core/base/index.ts';

export const PKCS11_SCHEME = 'pkcs11:';

/** Where a key lies in a token, and how to reach the token (RFC 7512). */
export interface Pkcs11Uri {
  readonly modulePath: string;
  /** CKA_LABEL of token and key. */
  readonly token?: string;
  readonly serial?: string;
  readonly object?: string;
  /** File whose first line is the PIN. The PIN itself never stands in a URI. */
  readonly pinFile?: string;
}

/** Longer than any label that PKCS#11 knows, shorter than a line of a configuration. */
const URI_LIMIT_CHARS = 2048;

const PATH_ATTRIBUTES = ['token', 'serial', 'object', 'type'];
const QUERY_ATTRIBUTES = ['module-path', 'pin-source'];

/**
 * Reads `pkcs11:token=…;object=…?module-path=…&pin-source=file:…`. What is not understood is refused, as RFC 7512 section 2.3 asks:
 * an attribute that narrows the search must not be passed over. PKCS11_URI_INVALID.
 */
export function parsePkcs11Uri(text: string): Pkcs11Uri {
  if (!text.startsWith(PKCS11_SCHEME) || text.length > URI_LIMIT_CHARS) throw invalid('it begins with pkcs11:');
  const [path = '', query = '', ...more] = text.slice(PKCS11_SCHEME.length).split('?');
  if (more.length > 0) throw invalid('it has one question mark');
  const where = attributes(path, ';', PATH_ATTRIBUTES);
  const how = attributes(query, '&', QUERY_ATTRIBUTES);
  const modulePath = how.get('module-path');
  if (modulePath === undefined) throw invalid('?module-path=FILE names the library of the token');
  const type = where.get('type');
  if (type !== undefined && type !== 'private') throw invalid('type is private, because the key must sign');
  const [token, serial, object] = ['token', 'serial', 'object'].map((name) => where.get(name));
  if (token === undefined && serial === undefined) throw invalid('token=LABEL or serial=NUMBER names the token');
  const pinFile = how.get('pin-source')?.replace(/^file:(\/\/)?/, '');
  return {
    modulePath,
    ...(token === undefined ? {} : { token }),
    ...(serial === undefined ? {} : { serial }),
    ...(object === undefined ? {} : { object }),
    ...(pinFile === undefined ? {} : { pinFile }),
  };
}

/** The URI of a key; the inverse of `parsePkcs11Uri`. */
export function formatPkcs11Uri(uri: Pkcs11Uri): string {
  const { token, serial, object, modulePath, pinFile } = uri;
  const where = Object.entries({ token, serial, object }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const how = [`module-path=${encodePath(modulePath)}`];
  if (pinFile !== undefined) how.push(`pin-source=file:${encodePath(pinFile)}`);
  return `${PKCS11_SCHEME}${where.join(';')}?${how.join('&')}`;
}

function encodePath(path: string): string {
  return encodeURIComponent(path).replaceAll('%2F', '/');
}

function attributes(text: string, separator: string, known: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split(separator).filter((each) => each !== '')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals));
    // A PIN in a command line is a PIN in every process list.
    if (name === 'pin-value') throw invalid('a PIN comes from a file: pin-source=file:FILE or --pin-file');
    if (!known.includes(name)) throw invalid(`${name === '' ? pair : name} is not an attribute that is used here`);
    if (found.has(name)) throw invalid(`${name} stands there twice`);
    found.set(name, decoded(pair.slice(equals + 1)));
  }
  return found;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new AppError('PKCS11_URI_INVALID', 'a percent sign of the URI is followed by no code', {}, { cause });
  }
}

function invalid(why: string): AppError {
  return new AppError('PKCS11_URI_INVALID', `the key URI cannot be used: ${why}`, {});
}
