import { CeremonyRecord, type AuditKeyHandover } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, canonicalJson } from '#core/base/index.ts';
import type { KeyDescription } from '#core/keys/ports.ts';
import { toBase64 } from '#core/signing/index.ts';
import { sealBackup } from './backup-site.ts';
import type { KeysDeps } from './keys-deps.ts';
import { createRecipientList } from './recipients.ts';
import type { CeremonyWish, KeysService, SiteKeyView } from './service.ts';

const STREAM = 'keys';
const CEREMONY = 'keys.ceremony-held';
const BACKED_UP = 'keys.backed-up';

/** The keys of a site for the people who look after them. */
export function createKeysService(deps: KeysDeps): KeysService {
  const { store, custody, cipher, site } = deps;
  const recipients = createRecipientList(deps);
  const actorOf = (person: Person) => ({ kind: 'person', id: person.id, name: person.name }) as const;
  const latest = (type: string) => store.events.readBack(Number.MAX_SAFE_INTEGER, 1, { stream: STREAM, type })[0];

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
    async backup(readers, person) {
      const sealed = await sealBackup(deps, readers);
      const { files, devices, fileName } = sealed;
      const opensWith = 'passphrase' in readers ? 'passphrase' : readers.recipients.join(' ');
      const payload = { fileName, files, devices, opensWith };
      store.events.append({ actor: actorOf(person), stream: STREAM, type: BACKED_UP, subject: site.id, payload });
      return sealed;
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

function ceremonyOf(
  { clock, site }: Pick<KeysDeps, 'clock' | 'site'>,
  keys: readonly KeyDescription[],
  wish: Pick<CeremonyWish, 'witnesses' | 'note'> & Pick<CeremonyRecord, 'purpose'>,
): CeremonyRecord {
  const [first, second] = wish.witnesses.map((name) => name.trim().toLowerCase());
  if (first === second) throw new AppError('USAGE_INVALID', 'two different people witness a ceremony', {});
  return CeremonyRecord.parse({
    v: 1,
    site: site.id,
    heldAt: clock.now(),
    purpose: wish.purpose,
    witnesses: wish.witnesses.map((name) => name.trim()),
    keys: keys.map(({ name, algorithm, keyId, place }) => ({ name, algorithm, keyId, place: place.kind })),
    note: wish.note,
  });
}

/**
 * The new key is durable before the record, and the record before the exchange: cut at any point, the next try uses the same new key,
 * and the chain never names a key that is lost.
 */
async function rotateAuditKey(
  deps: KeysDeps,
  wish: Omit<CeremonyWish, 'heard'>,
  person: Person,
): Promise<CeremonyRecord> {
  const { store, vault, custody, clock, site } = deps;
  const [old, next] = [await vault.open('audit'), await custody.prepareAuditKey()];
  const handover: AuditKeyHandover = {
    v: 1,
    site: site.id,
    at: clock.now(),
    oldKeyId: old.keyId,
    newKeyId: next.keyId,
    newPublicKeyPem: next.publicKeyPem,
  };
  const statement = new TextEncoder().encode(canonicalJson(handover));
  const signatures = { old: toBase64(await old.sign(statement)), new: toBase64(await next.sign(statement)) };
  const keys = (await custody.describe()).map((key) => (key.name === 'audit' ? { ...key, keyId: next.keyId } : key));
  const record = ceremonyOf(deps, keys, { ...wish, purpose: 'audit-key-rotation' });
  const actor = { kind: 'person', id: person.id, name: person.name } as const;
  store.transaction(() => {
    const payload = { handover, signatures };
    store.events.append({ actor, stream: STREAM, type: 'keys.audit-key-rotated', subject: next.keyId, payload });
    store.events.append({ actor, stream: STREAM, type: CEREMONY, subject: site.id, payload: { record } });
  });
  await custody.adoptAuditKey();
  vault.forget('audit');
  return record;
}
