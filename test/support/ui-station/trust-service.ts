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
import type { RepositoryView, RootView, SiteTrust, TrustException, UpdatePreview } from '#contracts/trust.ts';
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
    ...createRepository(world, people),
    forDevices: () => ({
      trustVersion: world.trust.version,
      policyVersion: world.policy.version,
      timeFloor: null,
      trust: world.trust,
      policy: world.policy,
    }),
    clock: () => {
      const now = world.clock.now();
      return { state: 'plausible', clock: now, floor: { at: now - 3 * DAY, kind: 'log', subject: 'sha256:5b1e' } };
    },
    storesAlarm: () => null,
    acknowledgeStores: () => undefined,
  };
}

type RepositoryPart = Pick<
  StationServices['trust'],
  | 'repository'
  | 'readRoot'
  | 'pinRoot'
  | 'previewUpdate'
  | 'update'
  | 'exceptions'
  | 'requestException'
  | 'approveException'
>;

/** A repository with root 4 pinned; every medium brings root 5, and a stick named EXPIRED an expired timestamp. */
function createRepository(world: World, people: StationServices['people']): RepositoryPart {
  const now = world.clock.now();
  const exceptions: TrustException[] = [];
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
  });
  const previewOrExpired = (): Promise<UpdatePreview> =>
    world.isRepositoryExpired && !exceptions.some((one) => one.state === 'approved')
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
    exceptions: () => exceptions,
    requestException: (input, by) => {
      const at = world.clock.now();
      const exception: TrustException = {
        ...input,
        id: world.ids.next(),
        requestedBy: by,
        requestedAt: at,
        state: 'requested',
        approvedBy: null,
        validUntil: at + EXCEPTION_LIFE_MS,
      };
      exceptions.unshift(exception);
      world.record(by, { stream: 'trust', type: 'trust.exception-requested', subject: exception.id });
      return exception;
    },
    approveException: async ({ id, timestampDigest, name, passphrase }) => {
      const person = await people.prove(name, passphrase);
      const at = exceptions.findIndex((one) => one.id === id);
      const request = exceptions[at];
      if (request === undefined) throw new AppError('TRUST_EXCEPTION_UNKNOWN', `no exception ${id}`, { id });
      const approved = approveException(request, { person, timestampDigest, now: world.clock.now() });
      exceptions[at] = approved;
      world.record(person, { stream: 'trust', type: 'trust.exception-approved', subject: id });
      return approved;
    },
  };
}
