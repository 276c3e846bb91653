/** The part of Electron's safeStorage that is used. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
}

/** The keychain of the operating system, as far as a passphrase needs it. */
export interface OsKeychain {
  /** Why it must not be used; null when it may. */
  refusal(): 'not-available' | 'not-encrypted' | null;
  seal(text: string): Buffer;
  open(sealed: Buffer): string;
}

/**
 * Keychain, Credential Vault or Secret Service behind Electron. Without a Secret Service, Chromium on Linux falls back to a key that
 * stands in its own source (`basic_text`): that is no protection, so it counts as none. Usable only after the app is ready.
 */
export function safeStorageKeychain(storage: SafeStorage): OsKeychain {
  return {
    refusal() {
      if (!storage.isEncryptionAvailable()) return 'not-available';
      return storage.getSelectedStorageBackend?.() === 'basic_text' ? 'not-encrypted' : null;
    },
    seal: (text) => storage.encryptString(text),
    open: (sealed) => storage.decryptString(sealed),
  };
}
