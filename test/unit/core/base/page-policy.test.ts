import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, htmlWithNonce } from '#core/base/index.ts';

const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA';

describe('contentSecurityPolicy', () => {
  it('is the policy that every part of the page was tried under', () => {
    expect(contentSecurityPolicy(NONCE)).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-AAAAAAAAAAAAAAAAAAAAAA'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    );
  });

  it.each(['', 'short', `x'; script-src *; ${NONCE}`])('refuses %j as a nonce', (nonce) => {
    expect(() => contentSecurityPolicy(nonce)).toThrow(RangeError);
  });
});

describe('htmlWithNonce', () => {
  it('writes the nonce first in the head', () => {
    expect(htmlWithNonce('<html><head lang="en"><title>x</title></head></html>', NONCE)).toBe(
      `<html><head lang="en"><meta name="csp-nonce" content="${NONCE}"><title>x</title></head></html>`,
    );
  });

  it('replaces the placeholder of the build, so that one nonce is left', () => {
    const html = htmlWithNonce('<head><meta name="csp-nonce" content="__CSP_NONCE__" /></head>', NONCE);

    expect(html).toBe(`<head><meta name="csp-nonce" content="${NONCE}"></head>`);
  });

  it('refuses a page without a head', () => {
    expect(() => htmlWithNonce('<body></body>', NONCE)).toThrow(RangeError);
  });
});
