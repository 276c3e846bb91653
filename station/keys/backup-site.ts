import type { SiteBackup } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import { DeviceRecord } from '#core/fleet/index.ts';
import type { Revocation } from '#core/fleet/ports.ts';
import { backupText, parseBackup } from '#core/keys/index.ts';
import type { ContentReaders } from '#core/keys/ports.ts';
import { toBase64 } from '#core/signing/index.ts';
import { FLOORS_PLACE, NO_FLOORS, SiteFloors } from '#core/trust/index.ts';
import type { DurableText } from '#core/trust/ports.ts';
import type { KeysDeps } from './keys-deps.ts';
import type { SealedBackup } from './service.ts';

/** Devices are restored with their revocations: a certificate that was withdrawn before the backup stays withdrawn. */
const DEVICES = 'fleet.devices';

/**
 * Collects, encrypts, opens again and compares, all in memory: plaintext never touches a disk. The site itself is always among the
 * recipients, so that the file can be proved readable here.
 */
export async function sealBackup(deps: KeysDeps, readers: ContentReaders): Promise<SealedBackup> {
  const text = backupText(await contentOf(deps));
  const sealFor =
    'passphrase' in readers ? readers : { recipients: [...readers.recipients, await deps.cipher.recipient()] };
  const sealed = await whole(deps.cipher.seal([text], sealFor));
  const passphrase = 'passphrase' in readers ? readers.passphrase : undefined;
  const opened = await whole(deps.cipher.unseal([sealed], passphrase));
  if (deps.hasher.sha256(opened) !== deps.hasher.sha256(text))
    throw new AppError('KEY_BACKUP_UNVERIFIED', 'the sealed backup opens to other bytes', {});
  const { files, devices, createdAt } = parseBackup(opened, (bytes) => deps.hasher.sha256(bytes));
  return {
    fileName: `${deps.site.id}-keys-${new Date(createdAt).toISOString().slice(0, 10)}.age`,
    content: toBase64(sealed),
    files: files.length,
    devices: devices.length,
  };
}

async function contentOf({ store, custody, clock, site }: KeysDeps): Promise<SiteBackup> {
  return {
    v: 1,
    kind: 'gantry-site-backup',
    site: site.id,
    name: site.name,
    createdAt: clock.now(),
    auditHead: store.events.head(),
    files: await custody.collect(),
    devices: store.documents(DEVICES, DeviceRecord).list(),
    floors: store.documents(FLOORS_PLACE.collection, SiteFloors).get(FLOORS_PLACE.key) ?? null,
  };
}

/**
 * Puts the devices of a backup into the database of the restored site, each with its record. `later` was withdrawn after the backup:
 * a certificate that was withdrawn once never comes back.
 */
export function restoreDevices(
  deps: Pick<KeysDeps, 'store' | 'site'>,
  backup: SiteBackup,
  later: readonly Revocation[],
): { devices: number; revoked: number } {
  const withdrawnAt = new Map(later.map(({ serial, revokedAt }) => [serial, revokedAt]));
  const documents = deps.store.documents(DEVICES, DeviceRecord);
  const actor = { kind: 'station', id: deps.site.id, name: deps.site.name } as const;
  deps.store.transaction(() => {
    for (const device of backup.devices) {
      const known = DeviceRecord.parse(device);
      const { serial, fingerprint } = known.certificate;
      const at = withdrawnAt.get(serial);
      const isNews = known.revoked === null && at !== undefined;
      const record = isNews ? { ...known, revoked: { at, reason: 'revocation list' } } : known;
      documents.put(record.id, record);
      const payload = { serial, fingerprint, isRevoked: record.revoked !== null };
      deps.store.events.append({ actor, stream: 'device', type: 'device.restored', subject: record.id, payload });
    }
  });
  return { devices: backup.devices.length, revoked: documents.list().filter(({ revoked }) => revoked !== null).length };
}

/**
 * Raises a new site to the floors of its backup, the file before the database as always: a restore is no way to an older bundle, root
 * or time. False for a backup that knows none. KEY_BACKUP_INVALID.
 */
export async function restoreFloors(
  { store, file }: Pick<KeysDeps, 'store'> & { readonly file: DurableText },
  { floors }: SiteBackup,
): Promise<boolean> {
  if (floors === null) return false;
  const parsed = SiteFloors.safeParse(floors);
  if (!parsed.success)
    throw new AppError('KEY_BACKUP_INVALID', 'the floors of the backup are damaged', {}, { cause: parsed.error });
  // The new site begins a chain of its own: the head that the floors remember is not in it.
  const kept: SiteFloors = { ...parsed.data, chain: NO_FLOORS.chain };
  await file.write(`${JSON.stringify(kept)}\n`);
  store.documents(FLOORS_PLACE.collection, SiteFloors).put(FLOORS_PLACE.key, kept);
  return true;
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of stream) blocks.push(block);
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
