import { z } from 'zod';
import { Digest, Instant, SiteId } from './primitives.ts';

/**
 * A reader that content can be encrypted to: an X25519 recipient of age, in Bech32. Only this kind: the hybrid kinds of newer releases
 * cannot be read by the `age` that plants have. The checksum is checked where the recipient is used.
 */
export const AgeRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);
export type AgeRecipient = z.infer<typeof AgeRecipient>;

/** Who can read one export besides those that the site names. */
export const ExportRecipients = z.array(AgeRecipient).max(64).default([]);

/** A recipient that people know by a name. */
export const NamedRecipient = z.object({ name: z.string().min(1).max(64), recipient: AgeRecipient });
export type NamedRecipient = z.infer<typeof NamedRecipient>;

/** Ends the name of every file that is encrypted. */
export const AGE_FILE_ENDING = '.age';

/** Where a key of the site lives. A token is named by its PKCS#11 URI, which never holds a PIN. */
export const KeyPlace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file') }),
  z.object({ kind: z.literal('pkcs11'), uri: z.string().max(2048) }),
]);
export type KeyPlace = z.infer<typeof KeyPlace>;

/** `keys/key-store.json`: where the signing keys of a site live. Without the file, in files. */
export const KeyStore = z.object({ v: z.literal(1), site: KeyPlace, audit: KeyPlace });
export type KeyStore = z.infer<typeof KeyStore>;

/** The keys of a site by what they are for. */
export const KeyName = z.enum(['site', 'audit', 'ca', 'encryption']);
export type KeyName = z.infer<typeof KeyName>;

/** One file of a backup; its name is one segment below the site folder or below `keys/`. */
export const BackupFile = z.object({
  path: z.string().regex(/^(?:keys\/)?[a-z0-9][a-z0-9.-]{0,95}$/),
  isSecret: z.boolean(),
  digest: Digest,
  /** Base64. */
  content: z.base64().max(256 * 1024),
});
export type BackupFile = z.infer<typeof BackupFile>;

/** What lies, encrypted, in a backup of keys. */
export const SiteBackup = z.object({
  v: z.literal(1),
  kind: z.literal('gantry-site-backup'),
  site: SiteId,
  name: z.string(),
  createdAt: Instant,
  /** Where the chain of records stood: a restored site begins a new chain and names this one. */
  auditHead: z.object({ seq: z.number().int().min(0), hash: Digest }),
  files: z.array(BackupFile).max(256),
  /** Devices with their certificates and revocations, as the station keeps them. */
  devices: z.array(z.record(z.string(), z.unknown())).max(100_000),
  /** Below what the site never goes again; a restored site begins with them. Null before the first, and in older backups. */
  floors: z.record(z.string(), z.unknown()).nullable().default(null),
});
export type SiteBackup = z.infer<typeof SiteBackup>;

/** What people did with the keys and who saw it; written into the audit chain. */
export const CeremonyRecord = z.object({
  v: z.literal(1),
  site: SiteId,
  heldAt: Instant,
  purpose: z.enum(['inventory', 'audit-key-rotation']),
  /** Two people who heard the fingerprints read aloud and compared them. */
  witnesses: z.tuple([z.string().min(1).max(128), z.string().min(1).max(128)]),
  keys: z.array(
    z.object({ name: KeyName, algorithm: z.string(), keyId: z.string(), place: z.enum(['file', 'pkcs11']) }),
  ),
  note: z.string().max(1000),
});
export type CeremonyRecord = z.infer<typeof CeremonyRecord>;

/** A rotation of the audit key: the statement that both keys signed. */
export const AuditKeyHandover = z.object({
  v: z.literal(1),
  site: SiteId,
  at: Instant,
  oldKeyId: z.string(),
  newKeyId: z.string(),
  newPublicKeyPem: z.string(),
});
export type AuditKeyHandover = z.infer<typeof AuditKeyHandover>;

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
