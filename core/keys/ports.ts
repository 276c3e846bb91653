/** ECDSA P-256 with SHA-256 (DER signature), or Ed25519. */
export type KeyAlgorithm = 'ecdsa-p256' | 'ed25519';

/** A private key that can sign and never shows itself. */
export interface SigningKey {
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly keyId: string;
  readonly algorithm: KeyAlgorithm;
  readonly publicKeyPem: string;
  /** Signature over `message` (hashed inside). DER for ECDSA, 64 bytes for Ed25519. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Verifies one signature with one public key. */
export interface SignatureVerifier {
  /** `publicKeyPem` SubjectPublicKeyInfo; false for any mismatch, throws KEY_FILE_INVALID for an unusable key. */
  verify(publicKeyPem: string, message: Uint8Array, signature: Uint8Array): boolean;
  keyIdOf(publicKeyPem: string): string;
}

/** Named keys of a site, opened on demand: OS keychain, PKCS#11 token or encrypted file. */
export interface KeyVault {
  open(name: 'site' | 'audit'): Promise<SigningKey>;
}

/**
 * Encrypts for readers who hold an age identity, and opens what was encrypted for this site. Both work block by block; plaintext that
 * comes out is whole only when the iteration ended without an error.
 */
export interface ContentCipher {
  /** What others encrypt to, so that this site can read it. */
  recipient(): Promise<string>;
  /** Ciphertext for all of these recipients; AGE_RECIPIENT_INVALID before the first byte. */
  seal(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    recipients: readonly string[],
  ): AsyncIterable<Uint8Array>;
  /** Plaintext. Untrusted: the content. AGE_RECIPIENT_WRONG and the like before the first byte, AGE_TRUNCATED or AGE_DAMAGED later. */
  unseal(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array>;
}
