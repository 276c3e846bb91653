import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { AppError, isAppError } from '#core/base/index.ts';
import { readKeyText, writeKeyFile } from './key-files.ts';
import { openPrivateKey } from './private-key.ts';

const FILE = 'encryption.key.pem';

/**
 * The X25519 key that content for this site is encrypted to, kept as the signing keys are: PKCS#8 under the site's passphrase.
 * It is made when it is not there. What is given cannot be exported again. SITE_KEY_UNAVAILABLE.
 */
export async function openEncryptionKey(dir: string, passphrase: string | null): Promise<webcrypto.CryptoKey> {
  const path = join(dir, FILE);
  try {
    const key = openPrivateKey(await readOrCreate(path, passphrase), passphrase);
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
    return await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'X25519' }, false, ['deriveBits']);
  } catch (cause) {
    throw new AppError(
      'SITE_KEY_UNAVAILABLE',
      'the encryption key cannot be opened',
      { name: 'encryption' },
      { cause },
    );
  }
}

async function readOrCreate(path: string, passphrase: string | null): Promise<string> {
  try {
    return await readKeyText(path);
  } catch (error) {
    if (!isAppError(error, 'NOT_FOUND')) throw error;
  }
  const { privateKey } = generateKeyPairSync('x25519');
  await writeKeyFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), passphrase);
  return readKeyText(path);
}
