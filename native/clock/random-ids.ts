import { randomBytes } from 'node:crypto';
import type { Clock, IdSource } from '#core/base/index.ts';

/** Crockford base32, lower case. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Sortable ids: 48 bits of time, 80 random bits (ULID specification), 26 characters. */
export function randomIds(clock: Clock): IdSource {
  return {
    next: () => encodeTime(clock.now()) + encodeRandom(randomBytes(16)),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  };
}

function encodeTime(at: number): string {
  let rest = at;
  let text = '';
  for (let digit = 0; digit < 10; digit += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeRandom(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join('');
}
