import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SiteConfig } from '#contracts/site.ts';
import type { SiteBackup } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { BACKUP_LIMIT_BYTES, bytesOfBackupFile, parseBackup } from '#core/keys/index.ts';
import type { Revocation } from '#core/fleet/ports.ts';
import { openSiteKeys } from '#electron/station-host/site-keys.ts';
import { openAge, type AgeSecret } from '#native/age/index.ts';
import { writeFileDurably } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openOrCreateSiteCa, readRevocationList } from '#native/pki/index.ts';
import { keysFolderOfNewSite } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { restoreDevices } from '#station/keys/backup-site.ts';
import type { CliIo } from '../output/index.ts';

export interface RestoreWish {
  readonly file: string;
  readonly dir: string;
  readonly secret: AgeSecret;
  /** The passphrase of the site, when it has one of its own: that one is in no backup. */
  readonly sitePassphrase: string | null;
  /** A revocation list that was published after the backup. */
  readonly revocations?: string;
}

export interface RestoredSite {
  readonly site: string;
  readonly name: string;
  readonly createdAt: number;
  readonly devices: number;
  readonly revoked: number;
}

/**
 * Makes a site of a backup. The keys are proved to open before `site.json` is written, last: what failed is no site, and the same
 * command can be repeated. SITE_EXISTS, KEY_BACKUP_INVALID, SITE_KEY_UNAVAILABLE, and the refusals of decryption.
 */
export async function restoreSite(wish: RestoreWish, io: Pick<CliIo, 'clock' | 'ids'>): Promise<RestoredSite> {
  const keysDir = await keysFolderOfNewSite(wish.dir);
  const backup = parseBackup(await decrypted(wish), (bytes) => nodeHasher.sha256(bytes));
  const config = configOf(backup);
  await mkdir(wish.dir, { recursive: true });
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  for (const file of backup.files) {
    if (file.path === 'site.json') continue;
    const mode = file.isSecret ? 0o600 : 0o644;
    await writeFileDurably(join(wish.dir, file.path), bytesOfBackupFile(file), { mode });
  }
  const passphrase = wish.sitePassphrase ?? passphraseIn(backup);
  const { vault, cipher } = await openSiteKeys(keysDir, passphrase);
  const [siteKey, auditKey] = [await vault.open('site'), await vault.open('audit')];
  await cipher.recipient();
  const ca = await openOrCreateSiteCa({ dir: keysDir, passphrase, clock: io.clock }, config);
  const later = await laterRevocations(wish.revocations, ca.certificatePem, backup);
  const store = openStationStore({ path: join(dirname(keysDir), 'station.db'), ...io, hasher: nodeHasher });
  try {
    const { id, name } = config.administrator;
    store.events.append({
      actor: { kind: 'person', id, name },
      stream: 'site',
      type: 'site.restored',
      subject: config.id,
      payload: {
        backupCreatedAt: backup.createdAt,
        before: backup.auditHead,
        siteKeyId: siteKey.keyId,
        auditKeyId: auditKey.keyId,
      },
    });
    const { devices, revoked } = restoreDevices({ store, site: config }, backup, later);
    await writeFileDurably(join(wish.dir, 'site.json'), fileNamed(backup, 'site.json'));
    return { site: config.id, name: config.name, createdAt: backup.createdAt, devices, revoked };
  } finally {
    store.close();
  }
}

async function decrypted({ file, secret }: RestoreWish): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of openAge([await readWithin(file)], secret)) blocks.push(block);
  return Buffer.concat(blocks);
}

async function readWithin(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > BACKUP_LIMIT_BYTES)
      throw new AppError('INPUT_TOO_LARGE', `${path} is too large for a backup`, {
        path,
        limitBytes: BACKUP_LIMIT_BYTES,
      });
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('NOT_FOUND', `${path} cannot be read`, { path }, { cause });
  }
}

function configOf(backup: SiteBackup): SiteConfig {
  try {
    return SiteConfig.parse(JSON.parse(Buffer.from(fileNamed(backup, 'site.json')).toString('utf8')));
  } catch (cause) {
    throw new AppError('KEY_BACKUP_INVALID', 'the site.json of the backup is damaged', {}, { cause });
  }
}

function fileNamed(backup: SiteBackup, path: string): Uint8Array {
  const file = backup.files.find((each) => each.path === path);
  return file === undefined ? new Uint8Array() : bytesOfBackupFile(file);
}

/** A site without a passphrase of its own keeps one beside its keys, and then it is in the backup. */
function passphraseIn(backup: SiteBackup): string | null {
  const text = Buffer.from(fileNamed(backup, 'keys/passphrase')).toString('utf8').trim();
  if (text !== '') return text;
  throw new AppError(
    'SITE_KEY_UNAVAILABLE',
    'this site has a passphrase of its own, which is in no backup; name its file in GANTRY_PASSPHRASE_FILE',
    {},
  );
}

/** An older list says nothing that the backup does not know, and must not pass for the newest. */
async function laterRevocations(path: string | undefined, caPem: string, backup: SiteBackup): Promise<Revocation[]> {
  if (path === undefined) return [];
  const { issuedAt, entries } = await readRevocationList(Buffer.from(await readWithin(path)).toString('utf8'), caPem);
  if (issuedAt < backup.createdAt)
    throw new AppError('REVOCATION_LIST_INVALID', 'the revocation list is older than the backup', {
      why: 'is older than the backup',
    });
  return entries;
}
