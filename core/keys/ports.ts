import type { BackupFile, KeyName, KeyPlace } from '#contracts/keys.ts';

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

/** A vault whose keys may change while the station runs. */
export interface RenewableKeyVault extends KeyVault {
  /** Opens the key anew at its next use, because another one took its place. */
  forget(name: 'site' | 'audit'): void;
}

/** Who can read what is encrypted: any of these age recipients, or whoever knows the passphrase. */
export type ContentReaders = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/**
 * Encrypts for readers, and opens what was encrypted for this site. Both work block by block; plaintext that comes out is whole only
 * when the iteration ended without an error.
 */
export interface ContentCipher {
  /** What others encrypt to, so that this site can read it. */
  recipient(): Promise<string>;
  /** The recipient in its right spelling; AGE_RECIPIENT_INVALID for a typing error or another kind. */
  checkRecipient(text: string): Promise<string>;
  /** Ciphertext; AGE_RECIPIENT_INVALID before the first byte. */
  seal(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, readers: ContentReaders): AsyncIterable<Uint8Array>;
  /**
   * Plaintext, with the site's own identity or with a passphrase. Untrusted: the content. AGE_RECIPIENT_WRONG, AGE_PASSPHRASE_WRONG and
   * the like before the first byte, AGE_TRUNCATED or AGE_DAMAGED later.
   */
  unseal(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, passphrase?: string): AsyncIterable<Uint8Array>;
  /** Plaintext of a stored file at any place. Its header and its end are checked before byte 1. */
  openAt(file: SealedFile): Promise<UnsealedFile>;
}

/** A stored, encrypted file that is read at chosen places. */
export interface SealedFile {
  readonly sizeBytes: number;
  /** Exactly these bytes; whoever made the file reports a shorter read as its own error. */
  read(start: number, length: number): Promise<Uint8Array>;
}

export interface UnsealedFile {
  readonly plainBytes: number;
  /** Plaintext of `[start, end)`. AGE_DAMAGED for a place that was changed. */
  stream(range: { start: number; end: number }): AsyncIterable<Uint8Array>;
}

/** What the folder of a site knows of one key. */
export interface KeyDescription {
  readonly name: KeyName;
  readonly algorithm: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly keyId: string;
  readonly place: KeyPlace;
  /** When its public half was written here. */
  readonly createdAt: number;
}

/** The folder that holds what a site must not lose. */
export interface KeyCustody {
  /** Site, audit and encryption key, and the CA when there is one. */
  describe(): Promise<KeyDescription[]>;
  /** Every file that makes the site what it is, as it lies there: private keys stay under the passphrase of the site. */
  collect(): Promise<BackupFile[]>;
  /** A new audit key beside the old one; the same one again when a rotation was cut short. KEY_ROTATION_IN_TOKEN for a token. */
  prepareAuditKey(): Promise<SigningKey>;
  /** Puts the prepared key in the place of the old one, whose public half is kept. */
  adoptAuditKey(): Promise<void>;
}
