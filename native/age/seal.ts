import { randomBytes } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import { AgeRecipient } from '#contracts/keys.ts';
import { AppError, invariant } from '#core/base/index.ts';
import { PAYLOAD_NONCE_BYTES, payloadKey, PLAIN_CHUNK_BYTES, sealChunk, TAG_BYTES } from './payload.ts';
import { passphraseRecipient } from './scrypt-stanza.ts';

/** Who can read what is encrypted: any of these recipients, or whoever knows the passphrase. */
export type AgeReaders = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/**
 * Encrypts content as an age v1 file, block by block: nothing but ciphertext leaves. AGE_RECIPIENT_INVALID comes before the first byte.
 * The header is the library's; the payload is sealed by OpenSSL, which is ten times as fast as its JavaScript.
 */
export async function* sealAge(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  readers: AgeReaders,
): AsyncIterable<Uint8Array> {
  const { header, fileKey } = await newHeader(readers);
  const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
  const key = payloadKey(fileKey, nonce);
  yield Buffer.concat([header, nonce]);
  let index = 0;
  let held = Buffer.allocUnsafe(PLAIN_CHUNK_BYTES);
  let used = 0;
  for await (const block of content) {
    for (let done = 0; done < block.length;) {
      // A full chunk waits until more comes: the last chunk is never empty, except in an empty file.
      if (used === PLAIN_CHUNK_BYTES) {
        yield sealChunk(key, { index, last: false }, held);
        index += 1;
        held = Buffer.allocUnsafe(PLAIN_CHUNK_BYTES);
        used = 0;
      }
      const taken = block.subarray(done, done + PLAIN_CHUNK_BYTES - used);
      held.set(taken, used);
      used += taken.length;
      done += taken.length;
    }
  }
  yield sealChunk(key, { index, last: true }, held.subarray(0, used));
}

/** A recipient in its right spelling; AGE_RECIPIENT_INVALID for other kinds and for typing errors, which the checksum finds. */
export async function checkRecipient(text: string): Promise<AgeRecipient> {
  const parsed = AgeRecipient.safeParse(text.trim());
  if (!parsed.success) throw invalidRecipient(text);
  try {
    const encrypter = new Encrypter();
    encrypter.addRecipient(parsed.data);
    await encrypter.encrypt(new Uint8Array(0));
  } catch (cause) {
    throw invalidRecipient(text, cause);
  }
  return parsed.data;
}

function invalidRecipient(text: string, cause?: unknown): AppError {
  // A private identity in this place must not travel into a log.
  const recipient = /^age-secret-key/i.test(text.trim()) ? 'a private identity' : text.slice(0, 80);
  return new AppError('AGE_RECIPIENT_INVALID', `${recipient} is no age recipient`, { recipient }, { cause });
}

async function newHeader(readers: AgeReaders): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  const encrypter = new Encrypter();
  let fileKey: Uint8Array | null = null;
  // Adds no entry to the header; it is told the key that the others wrap.
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  if ('passphrase' in readers) encrypter.addRecipient(passphraseRecipient(readers.passphrase));
  else {
    if (readers.recipients.length === 0)
      throw new AppError('AGE_RECIPIENT_INVALID', 'nobody is named who may read this', { recipient: '' });
    for (const recipient of new Set(readers.recipients)) encrypter.addRecipient(await checkRecipient(recipient));
  }
  const empty = await encrypter.encrypt(new Uint8Array(0));
  invariant(fileKey, 'the library wraps the file key once for each recipient');
  return { header: empty.subarray(0, empty.length - PAYLOAD_NONCE_BYTES - TAG_BYTES), fileKey };
}
