import { AppError } from '#core/base/index.ts';
import type { SealedFile, UnsealedFile } from '#core/keys/ports.ts';
import { HEADER_LIMIT_BYTES, headerLength } from './age-header.ts';
import { damaged, truncated } from './open.ts';
import {
  openChunk,
  PAYLOAD_NONCE_BYTES,
  payloadKey,
  PLAIN_CHUNK_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from './payload.ts';
import { unlockHeader, type AgeSecret } from './unlock.ts';

/**
 * A stored age file at any place: a resumed copy decrypts again at most one chunk of 64 KiB. Unlocks the file and opens its last chunk first, so that a truncated file is refused before byte 1.
 * AGE_NOT_ENCRYPTED, AGE_HEADER_INVALID, AGE_RECIPIENT_WRONG, AGE_PASSPHRASE_WRONG, AGE_TRUNCATED.
 */
export async function openAgeReader(file: SealedFile, secret: AgeSecret): Promise<UnsealedFile> {
  const head = await file.read(0, Math.min(file.sizeBytes, HEADER_LIMIT_BYTES + 1));
  const length = headerLength(head);
  if (length === undefined) throw truncated();
  const fileKey = await unlockHeader(head.subarray(0, length), secret);
  const payloadStart = length + PAYLOAD_NONCE_BYTES;
  const sealedBytes = file.sizeBytes - payloadStart;
  if (sealedBytes < TAG_BYTES) throw truncated();
  const key = payloadKey(fileKey, await file.read(length, PAYLOAD_NONCE_BYTES));
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);
  async function chunk(index: number): Promise<Uint8Array> {
    const start = index * SEALED_CHUNK_BYTES;
    const sealed = await file.read(payloadStart + start, Math.min(SEALED_CHUNK_BYTES, sealedBytes - start));
    const last = index === chunks - 1;
    const plain = openChunk(key, { index, last }, sealed);
    if (plain === null) throw last ? truncated() : damaged(index);
    return plain;
  }
  const lastPlain = await chunk(chunks - 1);
  const plainBytes = (chunks - 1) * PLAIN_CHUNK_BYTES + lastPlain.length;
  return {
    plainBytes,
    async *stream({ start, end }) {
      if (start < 0 || end > plainBytes || start > end)
        throw new AppError('INPUT_MALFORMED', `bytes ${String(start)} to ${String(end)} are not in this file`, {
          start,
          end,
          plainBytes,
        });
      for (let at = start; at < end;) {
        const index = Math.floor(at / PLAIN_CHUNK_BYTES);
        const plain = await chunk(index);
        const from = at - index * PLAIN_CHUNK_BYTES;
        const block = plain.subarray(from, Math.min(plain.length, from + end - at));
        yield block;
        at += block.length;
      }
    },
  };
}
