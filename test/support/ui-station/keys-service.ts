import type { CeremonyRecord, NamedRecipient, SiteKeyView } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import type { KeysService } from '#station/keys/service.ts';
import { hexOf } from './digests.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const RECIPIENT = 'age1xyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxy';

/** Keys that were used, a token among them, and a site that backed up once. */
export function createKeys(world: World): KeysService {
  const isEmpty = world.devices.size === 0;
  const now = world.clock.now();
  let recipients: NamedRecipient[] = isEmpty ? [] : [{ name: 'Headquarters', recipient: RECIPIENT }];
  let lastBackup = isEmpty ? null : { at: now - 12 * DAY, by: 'Dana Keller' };
  let lastCeremony: CeremonyRecord | null = null;
  const keys = sampleKeys(now);
  const hold = (
    wish: { witnesses: [string, string]; note: string },
    purpose: CeremonyRecord['purpose'],
    by: Person,
  ) => {
    lastCeremony = {
      v: 1,
      site: 'site-7',
      heldAt: world.clock.now(),
      purpose,
      witnesses: wish.witnesses,
      keys: keys.map(({ name, algorithm, keyId, place }) => ({ name, algorithm, keyId, place })),
      note: wish.note,
    };
    world.record(by, { stream: 'keys', type: 'keys.ceremony-held', subject: 'site-7' });
    return Promise.resolve(lastCeremony);
  };
  return {
    overview: () => Promise.resolve({ keys, recipient: RECIPIENT, recipients, lastBackup, lastCeremony }),
    addRecipient(wish, by) {
      if (recipients.some(({ name }) => name === wish.name))
        return Promise.reject(new AppError('KEY_RECIPIENT_EXISTS', `${wish.name} is in the list`, { name: wish.name }));
      recipients = [...recipients, wish];
      world.record(by, { stream: 'keys', type: 'keys.recipient-added', subject: wish.name });
      return Promise.resolve();
    },
    removeRecipient(name, by) {
      recipients = recipients.filter((each) => each.name !== name);
      world.record(by, { stream: 'keys', type: 'keys.recipient-removed', subject: name });
    },
    exportRecipients: () => recipients.map(({ recipient }) => recipient),
    backup: () => Promise.reject(new AppError('RPC_CLOSED', 'the command line is not played here', {})),
    backupToMedium(_wish, by) {
      lastBackup = { at: world.clock.now(), by: by.name };
      world.record(by, { stream: 'keys', type: 'keys.backed-up', subject: 'site-7' });
      return Promise.resolve({ path: 'gantry/outbox/keys/site-7-keys.age', files: 12, devices: 10 });
    },
    recordCeremony: (wish, by) => hold(wish, 'inventory', by),
    rotateAuditKey: (wish, by) => hold(wish, 'audit-key-rotation', by),
  };
}

function sampleKeys(now: number): SiteKeyView[] {
  const inFile = { place: 'file', address: null, createdAt: now - 200 * DAY } as const;
  return [
    {
      ...inFile,
      name: 'site',
      algorithm: 'ECDSA P-256',
      keyId: hexOf('site key'),
      place: 'pkcs11',
      address: 'pkcs11:token=plant;object=gantry-site?module-path=/usr/lib/softhsm/libsofthsm2.so',
      lastUsedAt: now - 5 * 60_000,
    },
    { ...inFile, name: 'audit', algorithm: 'Ed25519', keyId: hexOf('audit key'), lastUsedAt: null },
    { ...inFile, name: 'ca', algorithm: 'ECDSA P-256', keyId: hexOf('site ca'), lastUsedAt: null },
    { ...inFile, name: 'encryption', algorithm: 'X25519', keyId: hexOf('encryption key'), lastUsedAt: null },
  ];
}
