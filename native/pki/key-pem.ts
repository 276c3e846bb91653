import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { AppError } from '#core/base/index.ts';
import { EC_KEY, webcrypto } from './webcrypto-engine.ts';

/** A fresh P-256 key as PKCS#8; encrypted when there is a passphrase (the key file format of the site). */
export function createEcKeyPem(passphrase: string | null): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: EC_KEY.namedCurve });
  const protection = passphrase === null ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...protection }).toString();
}

/** The signing half of a PKCS#8 file; KEY errors name the file, never its content. */
export async function importSigningPair(
  pem: string,
  passphrase: string | null,
  file: string,
): Promise<{ privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey }> {
  const key = openPem(pem, passphrase, file);
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, EC_KEY, true, ['sign']);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', privateKey);
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) {
    throw new AppError('SITE_KEY_UNAVAILABLE', `${file} holds no P-256 key`, { file });
  }
  const publicKey = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, EC_KEY, true, ['verify']);
  return { privateKey, publicKey };
}

/** The key in the unencrypted form that a TLS server takes; it stays in memory. */
export function plainKeyPem(pem: string, passphrase: string | null, file: string): string {
  return openPem(pem, passphrase, file).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function openPem(pem: string, passphrase: string | null, file: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(passphrase === null ? pem : { key: pem, passphrase });
  } catch (cause) {
    throw new AppError('SITE_KEY_UNAVAILABLE', `${file} cannot be opened with this passphrase`, { file }, { cause });
  }
}
