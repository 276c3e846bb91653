import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PassphraseProof } from '#core/access/ports.ts';

/** About a fifth of a second and 64 MiB: slow to guess, bearable for a person. */
const COST = { N: 65_536, r: 8, p: 1, maxmem: 128 * 1024 * 1024 } as const;
const KEY_BYTES = 32;

/** Proof of presence by passphrase: scrypt with a salt of its own. Text form `scrypt$N$r$p$salt$hash`. */
export const scryptProof: PassphraseProof = {
  make: async (passphrase) => {
    const salt = randomBytes(16);
    const hash = await derive(passphrase, salt);
    return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$');
  },
  check: async (passphrase, proof) => {
    const [kind, n, r, p, salt, hash] = proof.split('$');
    if (kind !== 'scrypt' || Number(n) !== COST.N || Number(r) !== COST.r || Number(p) !== COST.p) return false;
    const expected = Buffer.from(hash ?? '', 'base64');
    const found = await derive(passphrase, Buffer.from(salt ?? '', 'base64'));
    return expected.length === found.length && timingSafeEqual(expected, found);
  },
};

function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
