import { createHash, createPrivateKey } from 'node:crypto';
import type { SigningKey } from '#core/keys/ports.ts';
import { signingKeyFromPem } from '#native/keys/index.ts';

/** PKCS#8 head of an Ed25519 key. */
const HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same key for the same name: signatures of seeds must not differ from run to run. It protects nothing. */
export function fixedKey(name: string): SigningKey {
  const der = Buffer.concat([HEAD, createHash('sha256').update(`fuzz ${name}`).digest()]);
  return signingKeyFromPem(
    createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }) as string,
  );
}
