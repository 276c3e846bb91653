import { createPrivateKey, type KeyObject } from 'node:crypto';
import { AppError } from '#core/base/index.ts';

const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----';

/** Opens PKCS#8 text. A protected key without a passphrase is a wrong passphrase, not a broken file. */
export function openPrivateKey(pem: string, passphrase: string | null): KeyObject {
  const isProtected = pem.includes(ENCRYPTED);
  if (isProtected && passphrase === null)
    throw new AppError('KEY_PASSPHRASE_WRONG', 'the key is protected and no passphrase was given');
  try {
    return createPrivateKey(
      isProtected && passphrase !== null ? { key: pem, format: 'pem', passphrase } : { key: pem, format: 'pem' },
    );
  } catch (cause) {
    // PBES2 has no integrity check: a wrong passphrase shows as bad padding or as garbage behind it.
    if (isProtected) throw new AppError('KEY_PASSPHRASE_WRONG', 'the passphrase does not open the key', {}, { cause });
    throw new AppError('KEY_FILE_INVALID', 'the text is no PKCS#8 private key', {}, { cause });
  }
}

/** PKCS#8 text under PBES2 with AES-256-CBC, which OpenSSL reads too; plain when there is no passphrase. */
export function protectPrivateKey(pem: string, passphrase: string | null): string {
  const key = openPrivateKey(pem, null);
  const protection = passphrase === null ? {} : { cipher: 'aes-256-cbc', passphrase };
  return key.export({ type: 'pkcs8', format: 'pem', ...protection }).toString();
}
