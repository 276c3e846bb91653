import { TRUSTS_NOBODY, TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import { followChanges } from './changes.ts';
import { createDemo } from './create-demo.ts';
import type { SiteDeps } from './site-deps.ts';
import { siteOverview } from './overview.ts';
import type { SiteService } from './service.ts';

const TRUST_KEY = 'trust';
const POLICY_KEY = 'policy';
/** The strictest policy that a new site starts with: a key signature, provenance and parts list, no log or timestamp needed offline. */
const INITIAL_POLICY: VerificationPolicy = VerificationPolicy.parse({
  v: 1,
  version: 1,
  channels: { staging: {}, production: {} },
});

/** Site-wide facts: overview, trust, policy, demonstration. */
export function createSiteService(deps: SiteDeps): SiteService {
  const trustDocuments = deps.store.documents('trust', TrustStore);
  const policyDocuments = deps.store.documents('policy', VerificationPolicy);
  const demo = createDemo(deps);

  const trust = (): TrustStore => trustDocuments.get(TRUST_KEY) ?? TRUSTS_NOBODY;

  const policy = (): VerificationPolicy => policyDocuments.get(POLICY_KEY) ?? INITIAL_POLICY;

  return {
    name: () => deps.config.name,
    trust,
    policy,
    setChannelPolicy: (input, person) => {
      const before = policy();
      const next = VerificationPolicy.parse({
        ...before,
        version: before.version + 1,
        channels: { ...before.channels, [input.channel]: input.policy },
      });
      deps.store.transaction(() => {
        deps.store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust',
          type: 'trust.policy-changed',
          subject: input.channel,
          payload: {
            version: next.version,
            before: JSON.stringify(before.channels[input.channel]),
            after: JSON.stringify(next.channels[input.channel]),
          },
        });
        policyDocuments.put(POLICY_KEY, next);
      });
      return next;
    },
    trustKey: (input, person) => {
      const keyId = deps.verifier.keyIdOf(input.publicKeyPem);
      const key = { ...input, keyId, addedAt: deps.clock.now(), addedBy: person.name };
      deps.store.transaction(() => {
        deps.store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust',
          type: 'trust.key-added',
          subject: keyId,
          payload: { name: input.name, channels: [...input.channels] },
        });
        const before = trust();
        trustDocuments.put(TRUST_KEY, {
          ...before,
          keys: [...before.keys.filter((known) => known.keyId !== keyId), key],
        });
      });
    },
    startDemo: (person) => demo.start(person),
    changes: (afterSeq, signal) => followChanges(deps.store.events, afterSeq, signal),
    overview: () => Promise.resolve(siteOverview(deps, demo.state())),
  };
}
