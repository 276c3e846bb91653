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
