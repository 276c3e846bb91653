import type { AuditKeyHandover, CeremonyRecord } from '#contracts/keys.ts';
import type { Person } from '#contracts/site.ts';
import { canonicalJson } from '#core/base/index.ts';
import { toBase64 } from '#core/signing/index.ts';
import { CEREMONY, ceremonyOf, STREAM } from './ceremony.ts';
import type { KeysDeps } from './keys-deps.ts';
import type { CeremonyWish } from './service.ts';

/**
 * The new key is durable before the record, and the record before the exchange: cut at any point, the next try uses the same new key,
 * and the chain never names a key that is lost.
 */
export async function rotateAuditKey(
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
