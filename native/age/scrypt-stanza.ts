import { createCipheriv, randomBytes, scrypt } from 'node:crypto';
import { Stanza, type Identity, type Recipient } from 'age-encryption';
import { AppError } from '#core/base/index.ts';
import { openChunk, TAG_BYTES } from './payload.ts';

/** What `age` itself writes: a second of work and 256 MiB. A file that asks for more could stop the station (age v1, "The scrypt recipient type"). */
const WORK_FACTOR = 18;
const SALT_BYTES = 16;
const LABEL = 'age-encryption.org/v1/scrypt';

/** Wraps the file key under a passphrase; computed away from the thread that answers the screens. */
export function passphraseRecipient(passphrase: string): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(SALT_BYTES);
      const key = await stretch(passphrase, salt);
      const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: TAG_BYTES });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['scrypt', salt.toString('base64').replace(/=+$/, ''), String(WORK_FACTOR)], body)];
    },
  };
}

/** Tries one passphrase. A passphrase stanza must stand alone, else a second reader could be smuggled in. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === 'scrypt');
      if (stanza === undefined) return null;
      const [, saltText = '', workFactor = ''] = stanza.args;
      const salt = Buffer.from(saltText, 'base64');
      if (stanzas.length !== 1 || stanza.args.length !== 3 || salt.length !== SALT_BYTES || stanza.body.length !== 32)
        throw new AppError('AGE_HEADER_INVALID', 'the passphrase entry of the header is malformed', {});
      if (!/^[1-9]\d?$/.test(workFactor) || Number(workFactor) > WORK_FACTOR)
        throw new AppError('AGE_HEADER_INVALID', `the file asks for work factor ${workFactor}, the limit is 18`, {
          workFactor,
        });
      // The stanza is sealed as a chunk at place 0: an all-zero nonce (age v1, ChaCha20-Poly1305 with a fresh key).
      const key = await stretch(passphrase, salt, Number(workFactor));
      return openChunk(key, { index: 0, last: false }, stanza.body);
    },
  };
}

function stretch(passphrase: string, salt: Uint8Array, workFactor = WORK_FACTOR): Promise<Buffer> {
  const cost = 2 ** workFactor;
  // 128 bytes times r for each of N blocks, and room for the block mix.
  const maxmem = 128 * 8 * (cost + 16);
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, { N: cost, r: 8, p: 1, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
