import { armor } from 'age-encryption';
import { AppError, MIB } from '#core/base/index.ts';
import { headerLength, isAgeStart } from './age-header.ts';
import { openChunk, PAYLOAD_NONCE_BYTES, payloadKey, SEALED_CHUNK_BYTES } from './payload.ts';
import { unlockHeader, type AgeSecret } from './unlock.ts';

/** Text armour is for small files that people paste; it is decoded in memory. */
const ARMOUR_LIMIT_BYTES = 64 * MIB;

/**
 * Decrypts an age v1 file, binary or armoured. Untrusted: every byte of it. What comes out is authentic chunk by chunk, but whole only
 * when the iteration ended without an error: a reader must not act on it before. AGE_NOT_ENCRYPTED, AGE_HEADER_INVALID,
 * AGE_RECIPIENT_WRONG and AGE_PASSPHRASE_WRONG come before the first byte, AGE_DAMAGED and AGE_TRUNCATED where they are met.
 */
export async function* openAge(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  secret: AgeSecret,
): AsyncIterable<Uint8Array> {
  const source = createSource(content);
  const start = await source.peek(64);
  if (isAgeStart(start) === 'armour') {
    yield* openAge([decodeArmour(await source.rest(ARMOUR_LIMIT_BYTES))], secret);
    return;
  }
  const header = await takeHeader(source);
  const fileKey = await unlockHeader(header, secret);
  const nonce = await source.take(PAYLOAD_NONCE_BYTES);
  if (nonce.length < PAYLOAD_NONCE_BYTES) throw truncated();
  const key = payloadKey(fileKey, nonce);
  for (let index = 0; ; index += 1) {
    const sealed = await source.take(SEALED_CHUNK_BYTES);
    const last = (await source.peek(1)).length === 0;
    const plain = openChunk(key, { index, last }, sealed);
    // age v1: the final chunk is empty only in an empty file.
    if (plain === null || (last && plain.length === 0 && index > 0)) throw last ? truncated() : damaged(index);
    yield plain;
    if (last) return;
  }
}

async function takeHeader(source: Source): Promise<Uint8Array> {
  for (let wanted = 1024; ; wanted *= 2) {
    const bytes = await source.peek(wanted);
    const length = headerLength(bytes);
    if (length !== undefined) return source.take(length);
    if (bytes.length < wanted) {
      if (isAgeStart(bytes) === null) throw new AppError('AGE_NOT_ENCRYPTED', 'the content is too short', {});
      throw truncated();
    }
  }
}

function decodeArmour(text: Uint8Array): Uint8Array {
  try {
    return armor.decode(Buffer.from(text).toString('latin1'));
  } catch (cause) {
    throw new AppError('AGE_HEADER_INVALID', 'the text armour is damaged or incomplete', {}, { cause });
  }
}

export function truncated(): AppError {
  return new AppError('AGE_TRUNCATED', 'the encrypted content ends too early, or its end is damaged', {});
}

export function damaged(chunk: number): AppError {
  return new AppError('AGE_DAMAGED', `chunk ${String(chunk)} of the encrypted content is not as it was written`, {
    chunk,
  });
}

/** Takes bytes from a stream in wanted amounts; fewer come only at its end. */
interface Source {
  peek(bytes: number): Promise<Uint8Array>;
  take(bytes: number): Promise<Uint8Array>;
  rest(limitBytes: number): Promise<Uint8Array>;
}

function createSource(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Source {
  const blocks = Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  async function fill(bytes: number): Promise<Uint8Array> {
    while (heldBytes < bytes) {
      const next = await blocks.next();
      if (next.done === true) break;
      held.push(next.value);
      heldBytes += next.value.length;
    }
    const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [all];
    return all;
  }
  return {
    peek: async (bytes) => (await fill(bytes)).subarray(0, bytes),
    async take(bytes) {
      const all = await fill(bytes);
      const taken = all.subarray(0, bytes);
      held = [all.subarray(taken.length)];
      heldBytes -= taken.length;
      return taken;
    },
    async rest(limitBytes) {
      const all = await fill(limitBytes + 1);
      if (all.length <= limitBytes) return all;
      throw new AppError('INPUT_TOO_LARGE', `text armour above ${String(limitBytes)} bytes is not read`, {
        limitBytes,
      });
    },
  };
}
