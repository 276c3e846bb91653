import type { webcrypto } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import type { ContentCipher } from '#core/keys/ports.ts';
import { openAgeReader } from './age-reader.ts';
import { openAge } from './open.ts';
import { checkRecipient, sealAge } from './seal.ts';

/** The cipher of a site over its opened X25519 key. */
export function ageContentCipher(identity: webcrypto.CryptoKey): ContentCipher {
  return {
    recipient: () => identityToRecipient(identity),
    checkRecipient,
    seal: sealAge,
    openAt: (file) => openAgeReader(file, { identity }),
    unseal: (content, passphrase) => openAge(content, passphrase === undefined ? { identity } : { passphrase }),
  };
}
