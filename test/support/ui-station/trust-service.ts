import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import {
  addIdentity,
  addKey,
  approveException,
  assertDecidedOn,
  EXCEPTION_LIFE_MS,
  removeIdentity,
  removeKey,
  type TrustChange,
} from '#core/trust/index.ts';
import type {
  PinnedPrevious,
  RepositoryView,
  RootView,
  SiteTrust,
  TrustException,
  UpdatePreview,
} from '#contracts/trust.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { hexOf } from './digests.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

/** Keys, identities and rules, in memory. */
export function createTrust(world: World, people: StationServices['people']): StationServices['trust'] {
  const change = (by: Person, expected: number | undefined, decide: (before: SiteTrust) => TrustChange): SiteTrust => {
    assertDecidedOn('trust', world.trust.version, expected);
    const { after, ...told } = decide(world.trust);
    world.trust = after;
    world.record(by, { stream: 'trust', ...told });
    return after;
  };
  return {
    trust: () => world.trust,
    policy: () => world.policy,
    trustKey({ expectedVersion, ...input }, by) {
      if (!input.publicKeyPem.includes('BEGIN PUBLIC KEY'))
        throw new AppError('KEY_FILE_INVALID', 'not a PEM public key', {});
      const key = { keyId: hexOf(input.publicKeyPem), addedAt: world.clock.now(), addedBy: by.name, ...input };
      return change(by, expectedVersion, (before) => addKey(before, key));
    },
    removeKey: ({ keyId, reason, expectedVersion }, by) =>
      change(by, expectedVersion, (before) => removeKey(before, keyId, reason)),
    trustIdentity({ expectedVersion, ...input }, by) {
      const identity = { ...input, addedAt: world.clock.now(), addedBy: by.name };
      return change(by, expectedVersion, (before) => addIdentity(before, identity));
    },
    removeIdentity: ({ name, reason, expectedVersion }, by) =>
      change(by, expectedVersion, (before) => removeIdentity(before, name, reason)),
    setLineContract({ model, contract, reason, expectedVersion }, by) {
      assertDecidedOn('policy', world.policy.version, expectedVersion);
      const { [model]: _replaced, ...others } = world.policy.lineContracts;
      const version = world.policy.version + 1;
      world.policy = {
        ...world.policy,
        version,
        lineContracts: contract === null ? others : { ...others, [model]: contract },
      };
      world.record(by, {
        stream: 'trust',
        type: 'trust.line-contract-changed',
        subject: model,
        payload: { version, reason },
      });
      return world.policy;
    },
    setChannelPolicy({ channel, policy, expectedVersion }, by) {
      assertDecidedOn('policy', world.policy.version, expectedVersion);
      const before = world.policy.channels[channel];
      world.policy = {
        ...world.policy,
        version: world.policy.version + 1,
        channels: { ...world.policy.channels, [channel]: policy },
      };
      world.record(by, {
        stream: 'trust',
        type: 'trust.policy-changed',
        subject: channel,
        payload: { version: world.policy.version, before: JSON.stringify(before), after: JSON.stringify(policy) },
      });
      return world.policy;
    },
    setTrustedRoot: () => world.trust,
    trustedRoot: () => {
      const since = { keyId: hexOf('log'), validFrom: world.clock.now() - 400 * DAY, validTo: null };
      return world.trust.keys.length === 0
        ? null
        : {
            authorities: [{ ...since, name: 'acme certificate authority' }],
            ctLogs: [{ ...since, name: 'ctlog.acme.example' }],
            logs: [{ ...since, name: 'rekor.acme.example' }],
            timestampAuthorities: [{ ...since, name: 'acme timestamp authority' }],
            digest: `sha256:${hexOf('trusted root')}`,
          };
    },
    ...createRepository(world),
    ...createExceptions(world, people),
    forDevices: () => ({
      trustVersion: world.trust.version,
      policyVersion: world.policy.version,
      timeFloor: null,
      timeResets: 0,
      trust: world.trust,
      policy: world.policy,
    }),
    clock: () => {
      const now = world.clock.now();
      return { state: 'plausible', clock: now, floor: { at: now - 3 * DAY, kind: 'log', subject: 'sha256:5b1e' } };
    },
    storesAlarm: () => world.storesAlarm,
    acknowledgeStores(reason, by) {
      world.storesAlarm = null;
      world.record(by, { stream: 'trust', type: 'trust.stores-acknowledged', subject: 'floors', payload: { reason } });
    },
  };
}

type RepositoryPart = Pick<
  StationServices['trust'],
  'repository' | 'readRoot' | 'pinRoot' | 'previewUpdate' | 'update'
>;

/** A repository with root 4 pinned; every medium brings root 5, and a stick named EXPIRED an expired timestamp. */
function createRepository(world: World): RepositoryPart {
  const now = world.clock.now();
  const root = (version: number): RootView => ({
    version,
    expires: now + 320 * DAY,
    fingerprint: hexOf(`root ${String(version)}`),
    keyIds: [hexOf('a'), hexOf('b'), hexOf('c')],
    threshold: 2,
  });
  const times = { root: now + 320 * DAY, timestamp: now + 41 * DAY, snapshot: now + 90 * DAY, targets: now + 90 * DAY };
  let repository: RepositoryView = {
    root: root(4),
    pinned: { fingerprint: hexOf('root 1'), at: now - 200 * DAY, by: 'Dana Keller' },
    updated: {
      at: now - 33 * DAY,
      by: 'Dana Keller',
      versions: { root: 4, timestamp: 18, snapshot: 12, targets: 9 },
      expires: times,
    },
    keyIds: [],
    identities: [],
  };
  const preview = (): UpdatePreview => ({
    from: { root: repository.root.version, versions: repository.updated?.versions ?? null },
    root: root(5),
    versions: { root: 5, timestamp: 19, snapshot: 13, targets: 10 },
    expires: times,
    timestampDigest: hexOf('timestamp'),
    addedKeys: [{ keyId: hexOf('new key'), name: 'Vision team 2027' }],
    removedKeys: [],
    addedIdentities: ['release workflow'],
    removedIdentities: [],
    trustedRootChanges: true,
    documents: [{ name: 'known-bad.json', from: 3, to: 4 }],
  });
  const previewOrExpired = (): Promise<UpdatePreview> =>
    world.isRepositoryExpired && !world.exceptions.some((one) => one.state === 'approved')
      ? Promise.reject(
          new AppError('TUF_EXPIRED', 'the timestamp metadata expired on 2026-01-01T00:00:00Z', {
            role: 'timestamp',
            expires: '2026-01-01T00:00:00Z',
            digest: hexOf('timestamp'),
          }),
        )
      : Promise.resolve(preview());
  return {
    repository: () => (world.trust.keys.length === 0 ? null : repository),
    readRoot: () => Promise.resolve(root(1)),
    pinRoot: () => Promise.resolve(repository),
    previewUpdate: previewOrExpired,
    update: async (_medium, by) => {
      const done = await previewOrExpired();
      const updated = { at: world.clock.now(), by: by.name, versions: done.versions, expires: times };
      repository = { ...repository, root: root(5), updated };
      world.record(by, { stream: 'trust', type: 'trust.repository-updated', subject: 'root 5' });
      return done;
    },
  };
}

type ExceptionsPart = Omit<
  StationServices['trust'],
  | keyof RepositoryPart
  | 'trust'
  | 'policy'
  | 'trustKey'
  | 'removeKey'
  | 'trustIdentity'
  | 'removeIdentity'
  | 'setLineContract'
  | 'setChannelPolicy'
  | 'setTrustedRoot'
  | 'trustedRoot'
  | 'forDevices'
  | 'clock'
  | 'storesAlarm'
  | 'acknowledgeStores'
>;

/** Requests and approvals, in memory. One model has a way back. */
function createExceptions(world: World, people: StationServices['people']): ExceptionsPart {
  const ask = <E extends TrustException>(by: Person, reason: string, make: (common: Common) => E): E => {
    const at = world.clock.now();
    const common = { id: world.ids.next(), reason, requestedBy: by, requestedAt: at, approvedBy: null } as const;
    const exception = make({ ...common, state: 'requested', validUntil: at + EXCEPTION_LIFE_MS });
    world.exceptions.unshift(exception);
    world.record(by, { stream: 'trust', type: 'trust.exception-requested', subject: exception.id });
    return exception;
  };
  const previous: PinnedPrevious = {
    model: 'vision/pcb-defect',
    channel: 'production',
    newest: { sequence: 12, digest: `sha256:${hexOf('newest')}` },
    previous: { sequence: 11, digest: `sha256:${hexOf('previous')}` },
  };
  return {
    exceptions: () => world.exceptions,
    requestException: ({ reason, ...content }, by) =>
      ask(by, reason, (common) => ({ ...common, kind: 'expired-timestamp', ...content })),
    requestDowngrade: ({ model, channel, reason }, by) =>
      ask(by, reason, (common) => ({
        ...common,
        kind: 'downgrade',
        model,
        channel,
        from: previous.newest,
        to: previous.previous,
      })),
    requestTimeReset: ({ to, reason }, by) =>
      ask(by, reason, (common) => ({ ...common, kind: 'time-reset', from: world.clock.now() - 3 * DAY, to })),
    approveException: async ({ id, subject, name, passphrase }) => {
      const person = await people.prove(name, passphrase);
      const at = world.exceptions.findIndex((one) => one.id === id);
      const request = world.exceptions[at];
      if (request === undefined) throw new AppError('TRUST_EXCEPTION_UNKNOWN', `no exception ${id}`, { id });
      const approved = approveException(request, { person, subject, now: world.clock.now() });
      world.exceptions[at] = approved;
      world.record(person, { stream: 'trust', type: 'trust.exception-approved', subject: id });
      return approved;
    },
    previousVersions: () => (world.trust.keys.length === 0 ? [] : [previous]),
    approvedDowngrade: () => null,
    useDowngrade: () => undefined,
  };
}

type Common = Pick<
  TrustException,
  'id' | 'reason' | 'requestedBy' | 'requestedAt' | 'approvedBy' | 'state' | 'validUntil'
>;
