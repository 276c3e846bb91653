import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { KIB } from '#core/base/index.ts';

/** age v1, "Payload": ChaCha20-Poly1305 over chunks of 64 KiB; the counter in the nonce orders them, its last byte marks the end. */
export const PLAIN_CHUNK_BYTES = 64 * KIB;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = PLAIN_CHUNK_BYTES + TAG_BYTES;
export const PAYLOAD_NONCE_BYTES = 16;

const CIPHER = 'chacha20-poly1305';
const NONCE_BYTES = 12;

/** Key of the payload from the file key of the header and the nonce behind it. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

export function sealChunk(key: Uint8Array, at: { index: number; last: boolean }, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, chunkNonce(at), { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext of a chunk, or null when it is not the chunk that was sealed in this place. */
export function openChunk(
  key: Uint8Array,
  at: { index: number; last: boolean },
  sealed: Uint8Array,
): Uint8Array | null {
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(at), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The only reason that `final` knows is a tag that does not match; the caller says what that means here.
    return null;
  }
  return plain;
}

/** Eleven bytes of big-endian counter, then the mark of the last chunk. */
function chunkNonce({ index, last }: { index: number; last: boolean }): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(index, NONCE_BYTES - 7, 6);
  nonce[NONCE_BYTES - 1] = last ? 1 : 0;
  return nonce;
}
