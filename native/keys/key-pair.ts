import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { AppError } from '#core/base/index.ts';
import type { KeyAlgorithm, SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import { openPrivateKey } from './private-key.ts';

/** A fresh key pair; the private half is plain PKCS#8 that only `writeKeyFile` may put on a disk. */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly keyId: string;
}

export function createKeyPair(algorithm: KeyAlgorithm): KeyPair {
  const { privateKey, publicKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: spkiPem(publicKey),
    keyId: keyIdOfKey(publicKey),
  };
}

/** A signing key from PKCS#8 text. KEY_FILE_INVALID or KEY_PASSPHRASE_WRONG when it cannot be opened. */
export function signingKeyFromPem(pem: string, passphrase: string | null = null): SigningKey {
  const privateKey = openPrivateKey(pem, passphrase);
  const algorithm = algorithmOf(privateKey);
  const publicKey = createPublicKey(privateKey);
  return {
    keyId: keyIdOfKey(publicKey),
    algorithm,
    publicKeyPem: spkiPem(publicKey),
    sign: (message) => Promise.resolve(new Uint8Array(sign(digestNameOf(algorithm), message, privateKey))),
  };
}

/** Node's own verification: ECDSA P-256 with SHA-256 (DER), or Ed25519. No other kind of key is accepted. */
export const nodeSignatureVerifier: SignatureVerifier = {
  verify(publicKeyPem, message, signature) {
    const key = openPublicKey(publicKeyPem);
    return verify(digestNameOf(algorithmOf(key)), message, key, signature);
  },
  keyIdOf: (publicKeyPem) => keyIdOfKey(openPublicKey(publicKeyPem)),
};

/** What kind of key this is. KEY_FILE_INVALID for another than the two that are used here. */
export function publicKeyAlgorithm(publicKeyPem: string): KeyAlgorithm {
  return algorithmOf(openPublicKey(publicKeyPem));
}

function openPublicKey(pem: string): KeyObject {
  // A private key in this place is a leak, not a convenience: createPublicKey would silently take it.
  if (!pem.includes('-----BEGIN PUBLIC KEY-----'))
    throw new AppError('KEY_FILE_INVALID', 'expected a public key (SubjectPublicKeyInfo PEM)');
  try {
    const key = createPublicKey({ key: pem, format: 'pem', type: 'spki' });
    algorithmOf(key);
    return key;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('KEY_FILE_INVALID', 'the public key cannot be parsed', {}, { cause });
  }
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ecdsa-p256';
  const found = key.asymmetricKeyType ?? 'unknown';
  throw new AppError('KEY_FILE_INVALID', `a key must be ECDSA P-256 or Ed25519, this one is ${found}`, { found });
}

function digestNameOf(algorithm: KeyAlgorithm): 'sha256' | null {
  return algorithm === 'ed25519' ? null : 'sha256';
}

function spkiPem(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function keyIdOfKey(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
