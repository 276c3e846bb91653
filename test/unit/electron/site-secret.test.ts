import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { safeStorageKeychain, type SafeStorage } from '../../../electron/main/os-keychain.ts';
import { siteSecret } from '../../../electron/main/site-secret.ts';

// The Electron binary is not needed: this stands at the interface of safeStorage, whose own encryption is the operating system's.
function fakeStorage(change: Partial<SafeStorage> = {}): SafeStorage {
  return {
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptString: (text) => Buffer.from(`sealed:${Buffer.from(text).toString('hex')}`),
    decryptString: (sealed) => {
      const text = sealed.toString();
      if (!text.startsWith('sealed:')) throw new Error('Error while decrypting the ciphertext provided to safeStorage');
      return Buffer.from(text.slice(7), 'hex').toString();
    },
    ...change,
  };
}

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-keychain-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('siteSecret', () => {
  it('gives a new site a random passphrase that lies sealed beside the keys, and the same one at every start', async () => {
    const keychain = safeStorageKeychain(fakeStorage());

    const first = await siteSecret(dir, keychain, undefined);
    const second = await siteSecret(dir, keychain, undefined);

    expect(first).toEqual(second);
    expect(first).toMatchObject({ origin: 'keychain', passphrase: expect.stringMatching(/^.{32}$/) as string });
    expect(await readdir(join(dir, 'keys'))).toEqual(['passphrase.keychain']);
    const sealed = join(dir, 'keys', 'passphrase.keychain');
    expect(await readFile(sealed, 'utf8')).not.toContain(first.passphrase);
    expect((await stat(sealed)).mode & 0o077).toBe(0);
  });

  it.each([
    ['not-available', { isEncryptionAvailable: () => false }],
    ['not-encrypted', { getSelectedStorageBackend: () => 'basic_text' }],
  ])('makes no site where the keychain is %s, and writes nothing', async (why, change) => {
    const keychain = safeStorageKeychain(fakeStorage(change));

    await expect(siteSecret(dir, keychain, undefined)).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
      details: { why },
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('says that the keychain refuses a passphrase that another user or machine sealed', async () => {
    await mkdir(join(dir, 'keys'));
    await writeFile(join(dir, 'keys', 'passphrase.keychain'), 'of another machine');

    await expect(siteSecret(dir, safeStorageKeychain(fakeStorage()), undefined)).rejects.toMatchObject({
      code: 'KEYCHAIN_REFUSED',
    });
  });

  it('leaves a site that keeps its own passphrase as it is, and takes a file that is named', async () => {
    await writeFile(join(dir, 'site.json'), '{}');
    await writeFile(join(dir, 'given'), 'from a file\n');
    const none = safeStorageKeychain(fakeStorage({ isEncryptionAvailable: () => false }));

    expect(await siteSecret(dir, none, undefined)).toEqual({ origin: 'site', passphrase: null });
    expect(await siteSecret(dir, none, join(dir, 'given'))).toEqual({ origin: 'file', passphrase: 'from a file' });
  });
});
