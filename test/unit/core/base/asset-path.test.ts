import fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentTypeOf, resolveAssetPath } from '#core/base/index.ts';

describe('resolveAssetPath', () => {
  describe('when a path names a file of the build', () => {
    it.each([
      ['/', 'index.html'],
      ['/index.html', 'index.html'],
      ['/assets/index-B4x_1.js', 'assets/index-B4x_1.js'],
      ['/assets/inter-latin-400.woff2?v=1#x', 'assets/inter-latin-400.woff2'],
      ['/help/en/import.md', 'help/en/import.md'],
      ['/%61ssets/a.css', 'assets/a.css'],
    ])('turns %s into %s', (path, file) => {
      expect(resolveAssetPath(path)).toBe(file);
    });
  });

  describe('when a path names a screen', () => {
    it('gives the page', () => {
      expect(resolveAssetPath('/fleet/device-7')).toBe('index.html');
    });
  });

  describe('when a path is built to escape', () => {
    it.each([
      '',
      'index.html',
      '//',
      '/..',
      '/../x.js',
      '/a/../x.js',
      '/%2e%2e/x.js',
      '/%2E%2E%2Fx.js',
      '/..%2fx.js',
      '/..%5cx.js',
      '/..\\x.js',
      '/\\\\host\\share\\x.js',
      '/C:/x.js',
      '/C:x.js',
      '/a//x.js',
      '/./x.js',
      '/.git/config.js',
      '/.env.js',
      '/%252e%252e/x.js',
      '/a%00.js',
      '/a\0.js',
      '/%c0%ae%c0%ae/x.js',
      '/%',
      '/%zz.js',
      '/x.js%',
      '/a b.js',
      '/файл.js',
      '/x.js;y',
      '/x.js:stream',
      `/${'a'.repeat(2000)}.js`,
      `/${'a/'.repeat(20)}x.js`,
    ])('refuses %j', (path) => {
      expect(resolveAssetPath(path)).toBeNull();
    });

    it('never names anything outside the build folder, for any text at all', () => {
      const hostile = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .array(
            fc.constantFrom('/', '\\', '.', '..', '%2e', '%2f', '%5c', '%25', '%00', 'a', 'C:', '~', '//', '?', '#'),
            { maxLength: 24 },
          )
          .map((parts) => `/${parts.join('')}`),
      );

      fc.assert(
        fc.property(hostile, (path) => {
          const file = resolveAssetPath(path);
          if (file === null) return true;
          return (
            posix.join('/dist', file).startsWith('/dist/') &&
            win32.join('C:\\dist', file).startsWith('C:\\dist\\') &&
            !/[\\:%\0]|(^|\/)\./.test(file)
          );
        }),
        { numRuns: 5_000, seed: 1 },
      );
    });
  });
});

describe('contentTypeOf', () => {
  it.each([
    ['a.js', 'text/javascript; charset=utf-8'],
    ['a.JS', 'text/javascript; charset=utf-8'],
    ['a.unknown', 'application/octet-stream'],
    ['a.constructor', 'application/octet-stream'],
  ])('gives %s the type %s', (path, type) => {
    expect(contentTypeOf(path)).toBe(type);
  });
});
