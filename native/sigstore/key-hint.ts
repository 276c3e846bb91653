import { createHash, createPublicKey } from 'node:crypto';
import type { TrustedKey } from '#contracts/verdict.ts';

/**
 * The trusted key that a hint names. Gantry writes the key id in hex, cosign the same digest in base64, OpenSSF Model Signing the
 * SHA-256 of the key's PEM text; nothing else matches.
 */
export function keyOfHint(hint: string, keys: readonly TrustedKey[]): TrustedKey | undefined {
  return (
    keys.find((key) => hint === key.keyId || hint === Buffer.from(key.keyId, 'hex').toString('base64')) ??
    keys.find((key) => hint === pemDigest(key.publicKeyPem))
  );
}

/** Of the text that OpenSSL writes, however the trust store holds it; null for what is no key, which its use will name. */
function pemDigest(pem: string): string | null {
  try {
    const text = createPublicKey({ key: pem, format: 'pem', type: 'spki' }).export({ type: 'spki', format: 'pem' });
    return createHash('sha256').update(text).digest('hex');
  } catch {
    // The same key is opened again, with its own refusal, when a signature names it.
    return null;
  }
}
