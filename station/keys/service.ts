import type { CeremonyRecord, KeyName, NamedRecipient } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';

/** A key of the site as the screen shows it. */
export interface SiteKeyView {
  readonly name: KeyName;
  readonly algorithm: string;
  readonly keyId: string;
  readonly place: 'file' | 'pkcs11';
  /** Where in a token; null for files. */
  readonly address: string | null;
  readonly createdAt: number;
  /** Since this station started; null when it did not sign yet. */
  readonly lastUsedAt: number | null;
}

export interface KeysOverview {
  readonly keys: readonly SiteKeyView[];
  /** What others encrypt to for this site. */
  readonly recipient: string;
  /** Who can read what leaves this site; with none, exports leave readable for everybody. */
  readonly recipients: readonly NamedRecipient[];
  readonly lastBackup: { readonly at: number; readonly by: string } | null;
  readonly lastCeremony: CeremonyRecord | null;
}

export interface SealedBackup {
  readonly fileName: string;
  /** Ciphertext, base64. */
  readonly content: string;
  readonly files: number;
  readonly devices: number;
}

export interface CeremonyWish {
  readonly witnesses: [string, string];
  /** The keys whose fingerprints were read aloud, with what was heard. */
  readonly heard: readonly { name: KeyName; keyId: string }[];
  readonly note: string;
}

/** The keys of the site: what there is, who may read what leaves, backup, ceremonies, rotation. */
export interface KeysService {
  overview(): Promise<KeysOverview>;
  /** KEY_RECIPIENT_EXISTS, AGE_RECIPIENT_INVALID. */
  addRecipient(wish: NamedRecipient, person: Person): Promise<void>;
  removeRecipient(name: string, person: Person): void;
  /** For exports of other services. */
  exportRecipients(): readonly string[];
  /** An encrypted backup that was opened again and compared before it is given. KEY_BACKUP_UNVERIFIED. */
  backup(readers: { passphrase: string } | { recipients: string[] }, person: Person): Promise<SealedBackup>;
  /** Records what two people heard and compared. CONFLICT when a fingerprint is not the one in use. */
  recordCeremony(wish: CeremonyWish, person: Person): Promise<CeremonyRecord>;
  /** A new audit key; a statement signed by the old and the new one goes into the chain first. */
  rotateAuditKey(wish: Omit<CeremonyWish, 'heard'>, person: Person): Promise<CeremonyRecord>;
}
