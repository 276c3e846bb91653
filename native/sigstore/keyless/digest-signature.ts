import { constants, publicDecrypt, timingSafeEqual, type KeyObject } from 'node:crypto';
import { verifyEcdsaDigest } from './ecdsa-digest.ts';
import { refusal } from './refusal.ts';

/** Digests that Sigstore signs over and that Node verifies over. */
export type HashName = 'sha256' | 'sha384' | 'sha512';

/** DER of `DigestInfo` up to the digest (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** Whether a signature is by `key` over content of which only the digest is known. */
export function verifyDigestSignature(
  key: KeyObject,
  digest: Buffer,
  { signature, hash }: { signature: Buffer; hash: HashName },
): boolean {
  switch (key.asymmetricKeyType) {
    case 'ec':
      return verifyEcdsaDigest(key, digest, signature);
    case 'rsa':
      return verifyRsaDigest(key, digest, { signature, hash });
    default:
      // Ed25519 hashes the content twice in its own way (RFC 8032 section 5.1.7): no digest can stand for it.
      throw refusal(
        'SIGNATURE_NEEDS_CONTENT',
        `a signature of type ${String(key.asymmetricKeyType)} covers the content, not its digest`,
      );
  }
}

/** RSASSA-PKCS1-v1_5, RFC 8017 section 8.2.2: the whole encoded message is compared, nothing is parsed. */
function verifyRsaDigest(
  key: KeyObject,
  digest: Buffer,
  { signature, hash }: { signature: Buffer; hash: HashName },
): boolean {
  const expected = Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);
  try {
    const found = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return found.length === expected.length && timingSafeEqual(found, expected);
  } catch {
    // Wrong padding or length: not a signature by this key.
    return false;
  }
}
