import type { webcrypto } from 'node:crypto';
import { Decrypter } from 'age-encryption';
import { AppError } from '#core/base/index.ts';
import { passphraseIdentity } from './scrypt-stanza.ts';

/** What opens a file: the private half of an age identity (text, or a key that the vault holds), or a passphrase. */
export type AgeSecret = { readonly identity: string | webcrypto.CryptoKey } | { readonly passphrase: string };

/**
 * The file key of a header. AGE_RECIPIENT_WRONG or AGE_PASSPHRASE_WRONG when the secret opens no entry, AGE_HEADER_INVALID when the
 * header is malformed or was changed. Untrusted: the header.
 */
export async function unlockHeader(header: Uint8Array, secret: AgeSecret): Promise<Uint8Array> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity('passphrase' in secret ? passphraseIdentity(secret.passphrase) : secret.identity);
    // Identities are asked in order: this one is reached only when the first one opened nothing.
    decrypter.addIdentity({
      unwrapFileKey: (entries: readonly unknown[]) => {
        throw wrongSecret(secret, entries.length);
      },
    });
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('AGE_HEADER_INVALID', 'the header is malformed or was changed', {}, { cause });
  }
}

function wrongSecret(secret: AgeSecret, readers: number): AppError {
  return 'passphrase' in secret
    ? new AppError('AGE_PASSPHRASE_WRONG', 'the passphrase does not open this file', {})
    : new AppError(
        'AGE_RECIPIENT_WRONG',
        `the file is encrypted for ${String(readers)} others, not for this identity`,
        {
          readers,
        },
      );
}
