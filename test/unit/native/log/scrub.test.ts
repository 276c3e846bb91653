import { describe, expect, it } from 'vitest';
import { REDACTED, scrub } from '#native/log/index.ts';

const CANARY = 'canary-7f3a';

describe('scrub', () => {
  describe('when a member is named like a secret', () => {
    it.each(['passphrase', 'apiToken', 'clientSecret', 'Cookie', 'authorization', 'privateKeyPem', 'enrolmentCode'])(
      'replaces the value of %s',
      (name) => {
        expect(scrub({ outer: { [name]: CANARY } })).toEqual({ outer: { [name]: REDACTED } });
      },
    );
  });

  describe('when a text holds a secret', () => {
    it.each([
      `failed at http://127.0.0.1:1/?token=${CANARY}`,
      `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${CANARY}`,
      `code ab12-cd34-${CANARY.replace('-', '').slice(0, 8)}.${'0123456789abcdef'.repeat(2)} was used`,
    ])('cuts it out of %j', (text) => {
      expect(JSON.stringify(scrub({ text }))).not.toMatch(/canary-?7/);
    });
  });

  describe('when an error carries the secret in a cause', () => {
    it('cleans the whole chain', () => {
      const error = new Error('outer', { cause: new Error(`GET /?token=${CANARY}`) });

      expect(JSON.stringify(scrub({ error }))).not.toContain(CANARY);
    });
  });

  describe('when a structure is deep or holds bytes', () => {
    it('cuts it to a readable size', () => {
      const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } }, bytes: new Uint8Array(9) };

      expect(JSON.stringify(scrub(deep))).toContain('[deep]');
      expect(scrub(deep)).toMatchObject({ bytes: '[9 bytes]' });
    });
  });
});
