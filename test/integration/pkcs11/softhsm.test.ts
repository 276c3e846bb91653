import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { makeSoftToken, type SoftToken } from '../../support/softhsm.ts';

const CHILD = join(import.meta.dirname, '..', '..', 'support', 'pkcs11-child.ts');
const made = makeSoftToken();
const why = typeof made === 'string' ? ` (skipped: ${made})` : '';

afterAll(() => {
  if (typeof made !== 'string') made.remove();
});

interface Answer {
  readonly [member: string]: unknown;
  readonly keyId: string;
  readonly publicKeyPem: string;
  readonly signatures: readonly string[];
}

function addressOf(token: SoftToken, object: string, change: { label?: string; pinFile?: string } = {}): string {
  return `pkcs11:token=${change.label ?? token.label};object=${object}?module-path=${token.modulePath}&pin-source=file:${change.pinFile ?? token.pinFile}`;
}

function ask(token: SoftToken, job: string, address: string): Answer {
  const { stdout, stderr } = token.run([CHILD, job, address]);
  expect(stderr).toBe('');
  expect(stdout).not.toContain('canary-pin');
  return JSON.parse(stdout) as Answer;
}

const withToken = (work: (token: SoftToken) => void) => () => {
  if (typeof made !== 'string') work(made);
};

describe.skipIf(typeof made === 'string')(`a key in a token${why}`, () => {
  it(
    'signs inside the token what openssl verifies outside, also several at once',
    withToken((token) => {
      const created = ask(token, 'create', addressOf(token, 'plant-key'));
      const { signatures, keyId, publicKeyPem } = ask(token, 'sign', addressOf(token, 'plant-key'));

      expect(keyId).toBe(created.keyId);
      expect(keyId).toBe(nodeSignatureVerifier.keyIdOf(publicKeyPem));
      for (const [at, text] of ['a', 'b', 'c'].entries()) {
        const files = {
          key: join(token.dir, 'k.pem'),
          signature: join(token.dir, 's.der'),
          text: join(token.dir, 't'),
        };
        writeFileSync(files.key, publicKeyPem);
        writeFileSync(files.signature, Buffer.from(signatures[at] ?? '', 'base64'));
        writeFileSync(files.text, text);
        expect(
          execFileSync(
            'openssl',
            ['dgst', '-sha256', '-verify', files.key, '-signature', files.signature, files.text],
            {
              encoding: 'utf8',
            },
          ),
        ).toContain('Verified OK');
      }
    }),
  );

  it(
    'cannot be read out of the token',
    withToken((token) => {
      ask(token, 'create', addressOf(token, 'secret'));

      expect(ask(token, 'read-private', addressOf(token, 'secret'))).toMatchObject({
        ckr: 'CKR_ATTRIBUTE_SENSITIVE',
        extractable: false,
        sensitive: true,
      });
    }),
  );

  it(
    'can be Ed25519, as checkpoints of the audit log need it',
    withToken((token) => {
      ask(token, 'create-ed25519', addressOf(token, 'audit'));
      const { signatures, publicKeyPem } = ask(token, 'sign', addressOf(token, 'audit'));

      expect(
        nodeSignatureVerifier.verify(publicKeyPem, Buffer.from('a'), Buffer.from(signatures[0] ?? '', 'base64')),
      ).toBe(true);
    }),
  );

  it(
    'is opened again when the token was away',
    withToken((token) => {
      ask(token, 'create', addressOf(token, 'away'));
      const { signatures, publicKeyPem } = ask(token, 'lose-session', addressOf(token, 'away'));

      expect(signatures).toHaveLength(3);
      expect(
        nodeSignatureVerifier.verify(publicKeyPem, Buffer.from('c'), Buffer.from(signatures[2] ?? '', 'base64')),
      ).toBe(true);
    }),
  );

  it(
    'is never replaced, and a wrong name, label, PIN or library has a code of its own',
    withToken((token) => {
      ask(token, 'create', addressOf(token, 'once'));
      const wrongPin = join(token.dir, 'wrong-pin');
      writeFileSync(wrongPin, 'not the PIN\n');

      expect(ask(token, 'create', addressOf(token, 'once'))['code']).toBe('PKCS11_KEY_EXISTS');
      expect(ask(token, 'sign', addressOf(token, 'nothing'))['code']).toBe('PKCS11_KEY_NOT_FOUND');
      expect(ask(token, 'sign', addressOf(token, 'once', { label: 'other' }))['code']).toBe('PKCS11_TOKEN_NOT_FOUND');
      expect(ask(token, 'sign', addressOf(token, 'once', { pinFile: wrongPin }))['code']).toBe('PKCS11_PIN_WRONG');
      expect(ask(token, 'sign', addressOf(token, 'once', { pinFile: '/nowhere' }))['code']).toBe('PKCS11_PIN_MISSING');
      const noLibrary = { ...token, modulePath: '/nowhere.so' };
      expect(ask(token, 'sign', addressOf(noLibrary, 'once'))['code']).toBe('PKCS11_MODULE_INVALID');
      rmSync(wrongPin);
    }),
  );

  it(
    'lists tokens without the free slot that SoftHSM adds',
    withToken((token) => {
      expect(ask(token, 'tokens', addressOf(token, 'x'))).toMatchObject([{ label: 'plant' }]);
    }),
  );
});

const isBuilt = existsSync(join(import.meta.dirname, '../../../node_modules/pkcs11js/build/Release/pkcs11.node'));

describe.skipIf(isBuilt)(
  `a machine where the binding was not built${isBuilt ? ' (skipped: it is built here)' : ''}`,
  () => {
    it('says the command that builds it', async () => {
      const { openTokenKey } = await import('#native/pkcs11/index.ts');
      const refusal = openTokenKey({ modulePath: '/x.so', token: 't', object: 'o' }, () => Promise.resolve('1'));

      await expect(refusal).rejects.toMatchObject({
        code: 'PKCS11_NOT_INSTALLED',
        details: { command: 'npm rebuild pkcs11js --ignore-scripts=false' },
      });
    });
  },
);
