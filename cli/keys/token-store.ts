import { resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { KeyPlace, KeyStore } from '#contracts/keys.ts';
import { isAppError, type IdSource } from '#core/base/index.ts';
import { formatPkcs11Uri } from '#core/keys/index.ts';
import { publishVaultKey, writeKeyStore } from '#native/keys/index.ts';
import { createTokenKey, pinFromFile } from '#native/pkcs11/index.ts';
import type { TokenWish } from './token-wish.ts';

/**
 * Makes site and audit key inside a token and records it in `keysDir`, before the site itself exists: a site that lost the record would
 * make file keys instead. A token that knows no Ed25519 leaves the audit key in a file, since checkpoints need that kind.
 */
export async function createTokenStore(
  keysDir: string,
  wish: TokenWish,
  ids: Pick<IdSource, 'next'>,
): Promise<KeyStore> {
  const suffix = ids.next().slice(-8);
  const pin = pinFromFile(wish.pinFile, {});
  const uriOf = (name: string) => ({
    modulePath: resolve(wish.modulePath),
    token: wish.token,
    object: `gantry-${name}-${suffix}`,
    pinFile: resolve(wish.pinFile),
  });
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  const siteKey = await createTokenKey(uriOf('site'), 'ecdsa-p256', pin);
  await publishVaultKey(keysDir, 'site', siteKey.publicKeyPem);
  const store: KeyStore = {
    v: 1,
    site: { kind: 'pkcs11', uri: formatPkcs11Uri(uriOf('site')) },
    audit: await auditPlace(),
  };
  await writeKeyStore(keysDir, store);
  return store;

  async function auditPlace(): Promise<KeyPlace> {
    try {
      const { publicKeyPem } = await createTokenKey(uriOf('audit'), 'ed25519', pin);
      await publishVaultKey(keysDir, 'audit', publicKeyPem);
      return { kind: 'pkcs11', uri: formatPkcs11Uri(uriOf('audit')) };
    } catch (error) {
      if (isAppError(error, 'PKCS11_UNSUPPORTED')) return { kind: 'file' };
      throw error;
    }
  }
}
