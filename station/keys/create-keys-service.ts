import { CeremonyRecord, type SiteKeyView } from '#contracts/keys.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import type { KeyDescription } from '#core/keys/ports.ts';
import { fromBase64 } from '#core/signing/index.ts';
import { sealBackup } from './backup-site.ts';
import { CEREMONY, ceremonyOf, STREAM } from './ceremony.ts';
import type { KeysDeps } from './keys-deps.ts';
import { createRecipientList } from './recipients.ts';
import { rotateAuditKey } from './rotate-audit-key.ts';
import type { BackupReaders, CeremonyWish, KeysService, SealedBackup } from './service.ts';

const BACKED_UP = 'keys.backed-up';

/** The keys of a site for the people who look after them. */
export function createKeysService(deps: KeysDeps): KeysService {
  const { store, custody, cipher, site } = deps;
  const recipients = createRecipientList(deps);
  const actorOf = (person: Person) => ({ kind: 'person', id: person.id, name: person.name }) as const;
  const latest = (type: string) => store.events.readBack(Number.MAX_SAFE_INTEGER, 1, { stream: STREAM, type })[0];

  async function backup(readers: BackupReaders, person: Person): Promise<SealedBackup> {
    const sealed = await sealBackup(deps, readers);
    const { files, devices, fileName } = sealed;
    const opensWith = 'passphrase' in readers ? 'passphrase' : readers.recipients.join(' ');
    const payload = { fileName, files, devices, opensWith };
    store.events.append({ actor: actorOf(person), stream: STREAM, type: BACKED_UP, subject: site.id, payload });
    return sealed;
  }

  return {
    async overview() {
      const backup = latest(BACKED_UP);
      const ceremony = CeremonyRecord.safeParse(latest(CEREMONY)?.payload['record']);
      return {
        keys: (await custody.describe()).map((key) => viewOf(key, deps)),
        recipient: await cipher.recipient(),
        recipients: recipients.list(),
        lastBackup: backup === undefined ? null : { at: backup.at, by: backup.actor.name },
        lastCeremony: ceremony.success ? ceremony.data : null,
      };
    },
    addRecipient: recipients.add,
    removeRecipient: recipients.remove,
    exportRecipients: () => recipients.list().map(({ recipient }) => recipient),
    backup,
    async backupToMedium({ volumeId, readers }, person) {
      const volume = await deps.media.require(volumeId);
      const { fileName, content, files, devices } = await backup(readers, person);
      const path = `${MEDIA_PATHS.outbox}/keys/${fileName}`;
      // The writer reads back what it wrote and compares it.
      await deps.media.writer(volume).writeFile(path, fromBase64(content));
      return { path, files, devices };
    },
    async recordCeremony(wish, person) {
      const keys = await custody.describe();
      refuseMisheard(keys, wish);
      const record = ceremonyOf(deps, keys, { ...wish, purpose: 'inventory' });
      const event = { actor: actorOf(person), stream: STREAM, type: CEREMONY, subject: site.id, payload: { record } };
      store.events.append(event);
      return record;
    },
    rotateAuditKey: (wish, person) => rotateAuditKey(deps, wish, person),
  };
}

function viewOf(key: KeyDescription, { lastUse }: Pick<KeysDeps, 'lastUse'>): SiteKeyView {
  const { place, ...rest } = key;
  return {
    ...rest,
    place: place.kind,
    address: place.kind === 'pkcs11' ? place.uri : null,
    lastUsedAt: key.name === 'site' || key.name === 'audit' ? lastUse(key.name) : null,
  };
}

function refuseMisheard(keys: readonly KeyDescription[], { heard }: CeremonyWish): void {
  for (const { name, keyId } of keys) {
    if (heard.some((each) => each.name === name && each.keyId === keyId)) continue;
    throw new AppError('CONFLICT', `the fingerprint of the ${name} key was not confirmed, or is another one now`, {
      name,
    });
  }
}
