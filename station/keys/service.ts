import type { CeremonyRecord, KeyName, KeysOverview, NamedRecipient } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';

export interface SealedBackup {
  readonly fileName: string;
  /** Ciphertext, base64. */
  readonly content: string;
  readonly files: number;
  readonly devices: number;
}

export type BackupReaders = { readonly passphrase: string } | { readonly recipients: readonly string[] };

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
  backup(readers: BackupReaders, person: Person): Promise<SealedBackup>;
  /** The same, written to a medium and read back there. */
  backupToMedium(
    wish: { volumeId: string; readers: BackupReaders },
    person: Person,
  ): Promise<{ path: string; files: number; devices: number }>;
  /** Records what two people heard and compared. CONFLICT when a fingerprint is not the one in use. */
  recordCeremony(wish: CeremonyWish, person: Person): Promise<CeremonyRecord>;
  /** A new audit key; a statement signed by the old and the new one goes into the chain first. */
  rotateAuditKey(wish: Omit<CeremonyWish, 'heard'>, person: Person): Promise<CeremonyRecord>;
}
