import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createKeyPair,
  ensureVaultKeys,
  fileKeyVault,
  nodeSignatureVerifier,
  openKeyFile,
  signingKeyFromPem,
  writeKeyFile,
} from '#native/keys/index.ts';

const message = new TextEncoder().encode('what is signed');
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-keys-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

describe.each(['ecdsa-p256', 'ed25519'] as const)('a %s key', (algorithm) => {
  it('signs what its public half verifies, and nothing else', async () => {
    const pair = createKeyPair(algorithm);
    const signature = await signingKeyFromPem(pair.privateKeyPem).sign(message);

    expect(nodeSignatureVerifier.verify(pair.publicKeyPem, message, signature)).toBe(true);
    expect(nodeSignatureVerifier.verify(pair.publicKeyPem, Uint8Array.of(...message, 0), signature)).toBe(false);
    expect(nodeSignatureVerifier.verify(createKeyPair(algorithm).publicKeyPem, message, signature)).toBe(false);
    expect(nodeSignatureVerifier.verify(pair.publicKeyPem, message, new Uint8Array(64))).toBe(false);
  });

  it('survives the file, which only its owner can read and only its passphrase opens', async () => {
    const pair = createKeyPair(algorithm);
    const path = join(dir, 'k.key.pem');
    await writeKeyFile(path, pair.privateKeyPem, 'correct horse');

    expect((await openKeyFile(path, 'correct horse')).keyId).toBe(pair.keyId);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(pair.privateKeyPem.split('\n')[1]);
    await expect(openKeyFile(path, 'wrong')).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' });
    await expect(openKeyFile(path, null)).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' });
    await expect(writeKeyFile(path, pair.privateKeyPem, null)).rejects.toMatchObject({ code: 'KEY_FILE_EXISTS' });
  });

  it('is opened by OpenSSL, so that nobody is locked in', async () => {
    const pair = createKeyPair(algorithm);
    const path = join(dir, 'k.key.pem');
    await writeKeyFile(path, pair.privateKeyPem, 'correct horse');

    expect(
      execFileSync('openssl', ['pkey', '-in', path, '-passin', 'pass:correct horse', '-pubout'], { encoding: 'utf8' }),
    ).toBe(pair.publicKeyPem);
  });
});

describe('a file that is no key', () => {
  it.each([
    ['text', 'hello'],
    ['a broken block', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['more than a key', 'x'.repeat(100_000)],
  ])('is refused: %s', async (_, text) => {
    const path = join(dir, 'k.pem');
    await writeFile(path, text);

    await expect(openKeyFile(path, null)).rejects.toMatchObject({ code: 'KEY_FILE_INVALID' });
  });

  it('is refused as a public key when it holds the private one', () => {
    expect(() => nodeSignatureVerifier.keyIdOf(createKeyPair('ed25519').privateKeyPem)).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_INVALID' }) as Error,
    );
  });
});

describe('fileKeyVault', () => {
  it('makes the site keys once and opens the same ones again', async () => {
    await ensureVaultKeys(dir, 'pass');
    const first = await fileKeyVault(dir, 'pass').open('site');
    await ensureVaultKeys(dir, 'pass');

    expect((await fileKeyVault(dir, 'pass').open('site')).keyId).toBe(first.keyId);
    expect((await fileKeyVault(dir, 'pass').open('audit')).keyId).not.toBe(first.keyId);
    await expect(fileKeyVault(dir, 'wrong').open('site')).rejects.toMatchObject({ code: 'SITE_KEY_UNAVAILABLE' });
  });
});
