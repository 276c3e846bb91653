const LONGEST_PATH = 1024;
const DEEPEST_PATH = 16;
/** What a build writes: no dot first, nothing that any file system or URL parser gives a meaning. */
const SEGMENT = /^[A-Za-z0-9_@~+-][A-Za-z0-9._@~+-]*$/;
const PAGE = 'index.html';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  jpg: 'image/jpeg',
  ico: 'image/x-icon',
  webp: 'image/webp',
  woff2: 'font/woff2',
  woff: 'font/woff',
  wasm: 'application/wasm',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
};

/**
 * The file of the built page that a request path means, relative to the build folder with `/` between segments; null refuses.
 * Untrusted: raw and percent-decoded dots, separators, drive letters, double encodings and control characters all end in null,
 * because every segment must match one narrow pattern after one decoding.
 * A path without an extension is a screen of the page and gives the page itself.
 */
export function resolveAssetPath(requestPath: string): string | null {
  const path = requestPath.split(/[?#]/, 1)[0] ?? '';
  if (!path.startsWith('/') || path.length > LONGEST_PATH) return null;
  if (path === '/') return PAGE;
  const segments = path.slice(1).split('/').map(decodeSegment);
  if (segments.length > DEEPEST_PATH || !segments.every((segment) => segment !== null)) return null;
  return segments.at(-1)?.includes('.') === true ? segments.join('/') : PAGE;
}

/** Content type by extension; bytes without a meaning for anything unknown. */
export function contentTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return (Object.hasOwn(CONTENT_TYPES, extension) ? CONTENT_TYPES[extension] : undefined) ?? 'application/octet-stream';
}

function decodeSegment(segment: string): string | null {
  try {
    const decoded = decodeURIComponent(segment);
    return SEGMENT.test(decoded) ? decoded : null;
  } catch {
    // A malformed percent sequence means no file of ours.
    return null;
  }
}
