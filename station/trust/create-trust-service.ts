import type { Person } from '#contracts/site.ts';
import { SiteTrust } from '#contracts/trust.ts';
import { VerificationPolicy } from '#contracts/verdict.ts';
import {
  addIdentity,
  addKey,
  assertDecidedOn,
  removeIdentity,
  removeKey,
  type TrustChange,
} from '#core/trust/index.ts';
import type { TrustService } from './service.ts';
import type { TrustDeps } from './trust-deps.ts';

const TRUST_KEY = 'trust';
const POLICY_KEY = 'policy';
/** The strictest policy that a new site starts with: a key signature, provenance and parts list, no log or timestamp needed offline. */
const INITIAL_POLICY: VerificationPolicy = VerificationPolicy.parse({
  v: 1,
  version: 1,
  channels: { staging: {}, production: {} },
});
const INITIAL_TRUST: SiteTrust = SiteTrust.parse({ keys: [] });

/** Keys, identities and rules of a site: each change in one transaction with its record. */
export function createTrustService(deps: TrustDeps): TrustService {
  const { store, clock } = deps;
  const trustDocuments = store.documents('trust', SiteTrust);
  const policyDocuments = store.documents('policy', VerificationPolicy);
  const trust = (): SiteTrust => trustDocuments.get(TRUST_KEY) ?? INITIAL_TRUST;
  const policy = (): VerificationPolicy => policyDocuments.get(POLICY_KEY) ?? INITIAL_POLICY;

  function record(person: Person, { type, subject, payload }: Omit<TrustChange, 'after'>): void {
    const actor = { kind: 'person', id: person.id, name: person.name } as const;
    store.events.append({ actor, stream: 'trust', type, subject, payload });
  }

  function change(
    person: Person,
    expectedVersion: number | undefined,
    decide: (before: SiteTrust) => TrustChange,
  ): SiteTrust {
    return store.transaction(() => {
      const before = trust();
      assertDecidedOn('trust', before.version, expectedVersion);
      const { after, ...told } = decide(before);
      record(person, { ...told, payload: { version: after.version, ...told.payload } });
      trustDocuments.put(TRUST_KEY, after);
      return after;
    });
  }

  return {
    trust,
    policy,
    trustKey: ({ expectedVersion, ...input }, person) => {
      const keyId = deps.verifier.keyIdOf(input.publicKeyPem);
      const key = { ...input, keyId, addedAt: clock.now(), addedBy: person.name };
      return change(person, expectedVersion, (before) => addKey(before, key));
    },
    removeKey: ({ keyId, reason, expectedVersion }, person) =>
      change(person, expectedVersion, (before) => removeKey(before, keyId, reason)),
    trustIdentity: ({ expectedVersion, ...input }, person) => {
      const identity = { ...input, addedAt: clock.now(), addedBy: person.name };
      return change(person, expectedVersion, (before) => addIdentity(before, identity));
    },
    removeIdentity: ({ name, reason, expectedVersion }, person) =>
      change(person, expectedVersion, (before) => removeIdentity(before, name, reason)),
    setChannelPolicy: (input, person) =>
      store.transaction(() => {
        const before = policy();
        assertDecidedOn('policy', before.version, input.expectedVersion);
        const next = VerificationPolicy.parse({
          ...before,
          version: before.version + 1,
          channels: { ...before.channels, [input.channel]: input.policy },
        });
        record(person, {
          type: 'trust.policy-changed',
          subject: input.channel,
          payload: {
            version: next.version,
            before: JSON.stringify(before.channels[input.channel]),
            after: JSON.stringify(next.channels[input.channel]),
          },
        });
        policyDocuments.put(POLICY_KEY, next);
        return next;
      }),
  };
}
