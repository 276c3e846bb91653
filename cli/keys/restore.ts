import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SiteConfig } from '#contracts/site.ts';
import type { SiteBackup } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { BACKUP_LIMIT_BYTES, bytesOfBackupFile, parseBackup } from '#core/keys/index.ts';
import type { Revocation } from '#core/fleet/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { openSiteKeys } from '#electron/station-host/site-keys.ts';
import { openAge, type AgeSecret } from '#native/age/index.ts';
import { writeFileDurably } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openOrCreateSiteCa, readRevocationList } from '#native/pki/index.ts';
import { durableText, pathsOfNewSite } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { restoreDevices, restoreFloors } from '#station/keys/backup-site.ts';
import type { CliIo } from '../output/index.ts';
import { writeBackupFiles } from './backup-files.ts';

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
  /** Sequence, root and time floors of the backup hold again. */
  readonly hasFloors: boolean;
}

/**
 * Makes a site of a backup. The keys are proved to open before `site.json` is written, last: what failed is no site, and the same
 * command can be repeated. Nothing that stands is replaced. SITE_EXISTS, KEY_FILE_EXISTS, KEY_BACKUP_INVALID, SITE_KEY_UNAVAILABLE, and the refusals of decryption.
 */
export async function restoreSite(wish: RestoreWish, io: Pick<CliIo, 'clock' | 'ids'>): Promise<RestoredSite> {
  const paths = await pathsOfNewSite(wish.dir);
  const keysDir = paths.keys;
  const backup = parseBackup(await decrypted(wish), (bytes) => nodeHasher.sha256(bytes));
  const config = configOf(backup);
  await writeBackupFiles(wish.dir, backup);
  const passphrase = wish.sitePassphrase ?? passphraseIn(backup);
  const { vault, cipher } = await openSiteKeys(keysDir, passphrase);
  const [siteKey, auditKey] = [await vault.open('site'), await vault.open('audit')];
  await cipher.recipient();
  const ca = await openOrCreateSiteCa({ dir: keysDir, passphrase, clock: io.clock }, config);
  const later = await laterRevocations(wish.revocations, ca.certificatePem, backup);
  const store = openStationStore({ path: paths.database, ...io, hasher: nodeHasher });
  try {
    assertFresh(store, wish.dir);
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
    const hasFloors = await restoreFloors({ store, file: durableText(paths.floors) }, backup);
    const { devices, revoked } = restoreDevices({ store, site: config }, backup, later);
    await writeFileDurably(join(wish.dir, 'site.json'), fileNamed(backup, 'site.json'));
    return { site: config.id, name: config.name, createdAt: backup.createdAt, devices, revoked, hasFloors };
  } finally {
    store.close();
  }
}

/** A database without `site.json` is a site that somebody took apart, unless an earlier restore was cut here. */
function assertFresh({ events }: StationStore, dir: string): void {
  const [first] = events.read(0, 1);
  if (first !== undefined && first.type !== 'site.restored')
    throw new AppError('SITE_EXISTS', `${dir} holds the database of a site`, { dir });
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
