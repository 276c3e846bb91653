import { isAbsolute, resolve } from 'node:path';
import { AppError } from '#core/base/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';
import { readFile, stat } from 'node:fs/promises';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { passphraseFrom } from '../passphrase.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}

/** `gantry keys list`. */
export function listKeys(options: SiteOptions, io: CliIo): Promise<void> {
  return withSite(options.site, io, async ({ services }) => {
    const overview = await services.keys.overview();
    if (options.json === true) {
      io.json(overview);
      return;
    }
    for (const key of overview.keys) {
      const place = key.place === 'file' ? 'file' : `token ${key.address ?? ''}`;
      io.out(`${key.name.padEnd(11)} ${key.algorithm.padEnd(12)} ${inGroups(key.keyId)}  ${place}`);
    }
    io.out(`Recipient of this site: ${overview.recipient}`);
    for (const { name, recipient } of overview.recipients) io.out(`Exports can be read by ${name}: ${recipient}`);
    if (overview.recipients.length === 0) io.out('Exports leave unencrypted: no recipient is configured.');
    io.out(
      overview.lastBackup === null
        ? 'There is no backup of these keys yet: gantry keys backup'
        : `Last backup: ${new Date(overview.lastBackup.at).toISOString()} by ${overview.lastBackup.by}`,
    );
  });
}

/** Four digits at a time, as people read them to each other. */
function inGroups(keyId: string): string {
  return (keyId.slice(0, 32).match(/.{4}/g) ?? []).join(' ');
}

export interface RecipientOptions extends SiteOptions {
  readonly name: string;
  readonly recipient: string;
}

/** `gantry keys recipients add`. */
export function addRecipient(options: RecipientOptions, io: CliIo): Promise<void> {
  return withSite(options.site, io, async ({ services, person }) => {
    await services.keys.addRecipient({ name: options.name, recipient: options.recipient }, person);
    if (options.json === true) io.json({ name: options.name, recipient: options.recipient, state: 'added' });
    else io.out(`From now on ${options.name} can read what leaves this site. Exports are encrypted.`);
  });
}

/** `gantry keys recipients remove`. */
export function removeRecipient(options: Omit<RecipientOptions, 'recipient'>, io: CliIo): Promise<void> {
  return withSite(options.site, io, ({ services, person }) => {
    services.keys.removeRecipient(options.name, person);
    const left = services.keys.exportRecipients().length;
    if (options.json === true) io.json({ name: options.name, state: 'removed', recipients: left });
    else io.out(left === 0 ? 'Removed. Exports leave UNENCRYPTED from now on.' : 'Removed.');
    return Promise.resolve();
  });
}

export interface BackupOptions extends SiteOptions {
  readonly to: string;
  readonly recipient?: readonly string[];
  readonly passphraseFile?: string;
}

/** `gantry keys backup`: written to a new file, read back, compared. */
export function backupKeys(options: BackupOptions, io: CliIo): Promise<void> {
  return withSite(options.site, io, async ({ services, person }) => {
    const to = isAbsolute(options.to) ? options.to : resolve(options.to);
    if (await exists(to)) throw new AppError('KEY_FILE_EXISTS', `${to} exists and was not replaced`, { path: to });
    const sealed = await services.keys.backup(await readersOf(options, io), person);
    const bytes = Buffer.from(sealed.content, 'base64');
    await writeFileDurably(to, bytes, { mode: 0o600 });
    if (!bytes.equals(await readFile(to)))
      throw new AppError('KEY_BACKUP_UNVERIFIED', `${to} gives back other bytes than were written`, { path: to });
    const { files, devices } = sealed;
    if (options.json === true) io.json({ file: to, files, devices, verified: true });
    else
      io.out(
        `Backup of ${String(files)} files and ${String(devices)} devices written to ${to}, opened again and compared.\n` +
          'Keep it away from this machine, and what opens it away from the backup.',
      );
  });
}

async function readersOf(
  options: BackupOptions,
  io: CliIo,
): Promise<{ passphrase: string } | { recipients: string[] }> {
  if (options.recipient !== undefined && options.passphraseFile !== undefined)
    throw new AppError('USAGE_INVALID', 'a backup opens with --recipient or with a passphrase, not with both');
  if (options.recipient !== undefined) return { recipients: [...options.recipient] };
  const { passphraseFile } = options;
  const given = passphraseFile === undefined ? {} : { passphraseFile };
  const passphrase = (await passphraseFrom({ ...given, passphrase: true }, io.env)) ?? '';
  if (passphrase.length < 12)
    throw new AppError('USAGE_INVALID', 'the passphrase of a backup has at least 12 characters');
  return { passphrase };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw new AppError('DISK_FAILED', `${path} cannot be read`, { path }, { cause: error });
  }
}

export interface CeremonyOptions extends SiteOptions {
  readonly witness: readonly string[];
  readonly heard: readonly string[];
  readonly note: string;
  readonly out?: string;
  readonly rotateAudit?: true;
}

/** `gantry keys ceremony`: two witnesses name the fingerprints that they heard. */
export function holdCeremony(options: CeremonyOptions, io: CliIo): Promise<void> {
  return withSite(options.site, io, async ({ services, person }) => {
    const [first, second, ...more] = options.witness;
    if (first === undefined || second === undefined || more.length > 0)
      throw new AppError('USAGE_INVALID', 'two witnesses are named: --witness NAME --witness NAME');
    const { keys } = await services.keys.overview();
    const witnesses: [string, string] = [first, second];
    const record =
      options.rotateAudit === true
        ? await services.keys.rotateAuditKey({ witnesses, note: options.note }, person)
        : await services.keys.recordCeremony(
            {
              witnesses,
              note: options.note,
              heard: keys
                .filter(({ keyId }) => options.heard.some((heard) => inGroups(keyId).startsWith(spaced(heard))))
                .map(({ name, keyId }) => ({ name, keyId })),
            },
            person,
          );
    if (options.out !== undefined) await writeFileDurably(options.out, `${JSON.stringify(record, null, 2)}\n`);
    if (options.json === true) io.json(record);
    else {
      io.out(`Ceremony recorded for ${String(record.keys.length)} keys, witnessed by ${witnesses.join(' and ')}.`);
      for (const key of record.keys) io.out(`${key.name.padEnd(11)} ${inGroups(key.keyId)}`);
    }
  });
}

/** What was typed, in the same groups; fewer than four groups would confirm too little. */
function spaced(heard: string): string {
  const digits = heard.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
  if (digits.length < 16)
    throw new AppError('USAGE_INVALID', `--heard takes at least the first four groups of a fingerprint, not ${heard}`);
  return inGroups(digits);
}
