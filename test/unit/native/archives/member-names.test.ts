import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { collisionKey, memberPath } from '#native/archives/member-names.ts';

const PIECES = ['..', '.', '', 'a', 'blobs', 'CON', 'C:', '\\', 'x ', 'y.', '\0', '\n', 'caf\u00e9', '~', '\u202e'];
const hostileName = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8, unit: 'binary' })), { maxLength: 12 })
  .map((pieces) => pieces.join('/'));

describe('the name of an archive member', () => {
  it('is refused, or stays inside its folder on every system', () => {
    fc.assert(
      fc.property(hostileName, fc.constantFrom('file' as const, 'folder' as const), (name, kind) => {
        let path: string;
        try {
          path = memberPath(name, kind);
        } catch (error) {
          return isAppError(error, 'BUNDLE_PATH_ESCAPE');
        }
        return (
          posix.resolve('/in', path) === posix.join('/in', path).replace(/\/$/, '') &&
          `${posix.resolve('/in', path)}/`.startsWith('/in/') &&
          `${win32.resolve('C:\\in', path)}\\`.startsWith('C:\\in\\')
        );
      }),
      { numRuns: 5000, seed: 22 },
    );
  });

  it('collides with itself in every case and Unicode form', () => {
    fc.assert(
      fc.property(fc.constantFrom('blobs/caf\u00e9', 'INDEX.json', 'stra\u00dfe'), (name) => {
        expect(collisionKey(name.normalize('NFD'))).toBe(collisionKey(name));
        expect(collisionKey(name.toLowerCase())).toBe(collisionKey(name));
      }),
    );
  });
});
