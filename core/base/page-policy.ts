/** 128 bits: enough that no injected style can guess the nonce of one page load. */
export const NONCE_BYTES = 16;

const NONCE = /^[A-Za-z0-9_-]{22,}$/;
const PLACEHOLDER = /<meta\s+name="csp-nonce"[^>]*>/gi;
const HEAD = /<head(?:\s[^>]*)?>/i;

/**
 * The security policy of our page, the same in both shells.
 * Style attributes stay allowed: the labelling layer writes them, and they cannot load or run anything.
 */
export function contentSecurityPolicy(nonce: string): string {
  if (!NONCE.test(nonce)) throw new RangeError('a nonce is base64url of at least 16 bytes');
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers of every answer, page or not. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), bluetooth=(), midi=(), payment=(), display-capture=()',
};

/** Writes the nonce of this load where page code reads it: `<meta name="csp-nonce">`, first thing in the head. */
export function htmlWithNonce(html: string, nonce: string): string {
  const bare = html.replace(PLACEHOLDER, '');
  const head = HEAD.exec(bare);
  if (head === null) throw new RangeError('the page has no head');
  const end = head.index + head[0].length;
  return `${bare.slice(0, end)}<meta name="csp-nonce" content="${nonce}">${bare.slice(end)}`;
}
