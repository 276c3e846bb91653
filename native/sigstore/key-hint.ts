import type { TrustedKey } from '#contracts/verdict.ts';

/** The trusted key that a hint names. Gantry writes the key id in hex, cosign the same digest in base64; nothing else matches. */
export function keyOfHint(hint: string, keys: readonly TrustedKey[]): TrustedKey | undefined {
  return keys.find((key) => hint === key.keyId || hint === Buffer.from(key.keyId, 'hex').toString('base64'));
}
