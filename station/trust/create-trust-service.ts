import type { Person } from '#contracts/site.ts';
import { SiteTrust } from '#contracts/trust.ts';
import { VerificationPolicy } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';
import { judgeClock } from '#core/trusted-time/index.ts';
import {
  addIdentity,
  addKey,
  assertDecidedOn,
  removeIdentity,
  removeKey,
  type TrustChange,
} from '#core/trust/index.ts';
import { createTrustExceptions } from './exceptions.ts';
import { mediumRepository } from './medium-repository.ts';
import type { TrustService } from './service.ts';
import type { TrustDeps } from './trust-deps.ts';
import { createTrustRepository } from './trust-repository.ts';

const TRUST_KEY = 'trust';
const POLICY_KEY = 'policy';
/** The strictest policy that a new site starts with: a key signature, provenance and parts list, no log or timestamp needed offline. */
const INITIAL_POLICY: VerificationPolicy = VerificationPolicy.parse({
  v: 1,
  version: 1,
  channels: { staging: {}, production: {} },
});
const INITIAL_TRUST: SiteTrust = SiteTrust.parse({ keys: [] });

type Rules = Pick<
  TrustService,
  | 'trust'
  | 'policy'
  | 'trustKey'
  | 'removeKey'
  | 'trustIdentity'
  | 'removeIdentity'
  | 'setChannelPolicy'
  | 'setLineContract'
  | 'setTrustedRoot'
>;

/** Whom and what a site trusts: by hand, and by a trust repository on media. */
export function createTrustService(deps: TrustDeps): TrustService {
  const { store, clock, floors } = deps;
  const rules = createRules(deps);
  const exceptions = createTrustExceptions(deps);
  const documents = store.documents('trust', SiteTrust);
  const repository = createTrustRepository({
    ...deps,
    exceptions,
    targets: deps.targets ?? [],
    trust: { current: rules.trust, put: (key, value) => documents.put(key, value) },
  });
  return {
    ...rules,
    trustedRoot: () => {
      const text = rules.trust().trustedRoot;
      return text === null ? null : deps.describeRoot(text);
    },
    repository: repository.view,
    readRoot: async (medium) => repository.readRoot(await mediumRepository(medium)),
    pinRoot: async (medium, fingerprint, person) =>
      repository.pinRoot(await mediumRepository(medium), fingerprint, person),
    previewUpdate: async (medium) => repository.preview(await mediumRepository(medium)),
    update: async (medium, person) => repository.update(await mediumRepository(medium), person),
    exceptions: exceptions.list,
    requestException: exceptions.request,
    requestDowngrade: exceptions.requestDowngrade,
    requestTimeReset: exceptions.requestTimeReset,
    approveException: async ({ name, passphrase, ...request }) =>
      exceptions.approve(request, await deps.people.prove(name, passphrase)),
    previousVersions: exceptions.previous,
    approvedDowngrade: exceptions.approvedDowngrade,
    useDowngrade: exceptions.useDowngrade,
    forDevices: () => {
      const { version: trustVersion, ...trust } = rules.trust();
      const policy = rules.policy();
      const { time, timeResets } = floors.floors();
      return { trustVersion, policyVersion: policy.version, timeFloor: time?.at ?? null, timeResets, trust, policy };
    },
    clock: () => {
      const { state, clock: shown, floor } = judgeClock(clock.now(), floors.floors().time);
      return { state, clock: shown, floor };
    },
    storesAlarm: floors.alarm,
    acknowledgeStores: (reason, person) => {
      const alarm = floors.alarm();
      if (alarm === null) return;
      store.transaction(() => {
        store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust',
          type: 'trust.stores-acknowledged',
          subject: 'floors',
          payload: { reason, state: alarm.state },
        });
        floors.acknowledge(person.name);
      });
    },
  };
}

/** Keys, identities and rules of a site: each change in one transaction with its record. */
function createRules(deps: TrustDeps): Rules {
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
    setTrustedRoot: ({ text, sha256, expectedVersion }, person) => {
      const found = deps.hasher.sha256(new TextEncoder().encode(text)).slice('sha256:'.length);
      if (found !== sha256.replaceAll(/[^0-9a-f]/gi, '').toLowerCase())
        throw new AppError('TRUST_ROOT_FINGERPRINT', `the trusted root has the SHA-256 ${found}, not the one given`, {
          fingerprint: found,
        });
      return change(person, expectedVersion, (before) => ({
        type: 'trust.trusted-root-set',
        subject: found,
        payload: { sha256: found },
        after: { ...before, trustedRoot: text, version: before.version + 1 },
      }));
    },
    ...createPolicyRules({
      store,
      policy,
      put: (next) => {
        policyDocuments.put(POLICY_KEY, next);
      },
      record,
    }),
  };
}

interface PolicyParts {
  readonly store: TrustDeps['store'];
  readonly policy: () => VerificationPolicy;
  readonly put: (next: VerificationPolicy) => void;
  readonly record: (person: Person, change: Omit<TrustChange, 'after'>) => void;
}

/** Changes of what channels demand and what lines feed. */
function createPolicyRules({
  store,
  policy,
  put,
  record,
}: PolicyParts): Pick<Rules, 'setLineContract' | 'setChannelPolicy'> {
  return {
    setLineContract: (input, person) =>
      store.transaction(() => {
        const before = policy();
        assertDecidedOn('policy', before.version, input.expectedVersion);
        const next = withLineContract(before, input);
        record(person, {
          type: 'trust.line-contract-changed',
          subject: input.model,
          payload: { version: next.version, contract: JSON.stringify(input.contract), reason: input.reason },
        });
        put(next);
        return next;
      }),
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
        put(next);
        return next;
      }),
  };
}

function withLineContract(
  before: VerificationPolicy,
  { model, contract }: Pick<Parameters<TrustService['setLineContract']>[0], 'model' | 'contract'>,
): VerificationPolicy {
  const { [model]: _replaced, ...others } = before.lineContracts;
  const lineContracts = contract === null ? others : { ...others, [model]: contract };
  return VerificationPolicy.parse({ ...before, version: before.version + 1, lineContracts });
}
