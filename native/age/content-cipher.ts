import type { webcrypto } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import type { ContentCipher } from '#core/keys/ports.ts';
import { openAge } from './open.ts';
import { sealAge } from './seal.ts';

/** The cipher of a site; its key is opened when it is first needed, and kept for the life of the process. */
export function ageContentCipher(openKey: () => Promise<webcrypto.CryptoKey>): ContentCipher {
  let opened: Promise<webcrypto.CryptoKey> | null = null;
  const key = (): Promise<webcrypto.CryptoKey> => (opened ??= openKey());
  return {
    recipient: async () => identityToRecipient(await key()),
    seal: (content, recipients) => sealAge(content, { recipients }),
    async *unseal(content) {
      yield* openAge(content, { identity: await key() });
    },
  };
}
