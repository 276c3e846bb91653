import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChannelPolicy } from '#contracts/verdict.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier } from '#native/keys/index.ts';
import { durableText } from '#native/site-folder/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { tufClient } from '#native/tuf/index.ts';
import { createTrustService } from '#station/trust/create-trust-service.ts';
import { openFloorKeeper, type FloorKeeper } from '#station/trust/floor-keeper.ts';
import type { TrustService } from '#station/trust/service.ts';

const EVA = { id: 'eva', name: 'Eva Field', role: 'admin' } as const;
const { publicKeyPem, keyId } = createKeyPair('ecdsa-p256');
const RELEASE = {
  name: 'release workflow',
  issuer: 'https://git.example/oidc',
  subject: 'https://git.example/acme/models/.ci/release.yml@refs/tags/v1',
  extensions: { sourceRepositoryUri: 'https://git.example/acme/models' },
  channels: ['production' as const],
};

let folder: string;
let store: StationStore;
const ids = randomIds(systemClock);
let floors: FloorKeeper;
const openTrust = (): TrustService =>
  createTrustService({
    store,
    floors,
    ids,
    clock: systemClock,
    hasher: nodeHasher,
    verifier: nodeSignatureVerifier,
    tuf: tufClient,
    describeRoot: () => null,
    siteSince: 0,
    people: { prove: () => Promise.reject(new Error('nobody is asked here')) },
  });
const recorded = (): [string, string][] =>
  store.events.read(0, 20, { stream: 'trust' }).map(({ type, subject }) => [type, subject]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-trust-'));
  store = openStationStore({ path: join(folder, 'station.db'), clock: systemClock, ids, hasher: nodeHasher });
  floors = await openFloorKeeper({
    store,
    clock: systemClock,
    file: durableText(join(folder, 'trust', 'floors.json')),
    actor: { kind: 'station', id: 'plant', name: 'Plant' },
  });
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

describe('a trusted key', () => {
  it('is kept with who added it, replaced by id, and both are recorded', () => {
    const trust = openTrust();

    trust.trustKey({ name: 'data team', publicKeyPem, channels: ['staging'] }, EVA);
    trust.trustKey({ name: 'data team', publicKeyPem, channels: ['staging', 'production'] }, EVA);

    expect(openTrust().trust()).toMatchObject({
      version: 2,
      keys: [{ keyId, addedBy: 'Eva Field', channels: ['staging', 'production'] }],
    });
    expect(recorded()).toEqual([
      ['trust.key-added', keyId],
      ['trust.key-added', keyId],
    ]);
  });

  it('is refused when it is no key, and nothing is recorded', () => {
    expect(() => {
      openTrust().trustKey({ name: 'x', publicKeyPem: 'text', channels: ['staging'] }, EVA);
    }).toThrow(expect.objectContaining({ code: 'KEY_FILE_INVALID' }));

    expect(store.events.head().seq).toBe(0);
  });

  it('is removed with the reason on record; removing it twice is refused', () => {
    const trust = openTrust();
    trust.trustKey({ name: 'data team', publicKeyPem, channels: ['staging'] }, EVA);

    trust.removeKey({ keyId, reason: 'laptop stolen' }, EVA);

    expect(openTrust().trust()).toMatchObject({ version: 2, keys: [] });
    expect(store.events.readBack(10, 1)[0]).toMatchObject({
      type: 'trust.key-removed',
      subject: keyId,
      payload: { name: 'data team', reason: 'laptop stolen', version: 2 },
    });
    expect(() => trust.removeKey({ keyId, reason: 'again' }, EVA)).toThrow(
      expect.objectContaining({ code: 'TRUST_KEY_UNKNOWN' }),
    );
  });
});

describe('a trusted identity', () => {
  it('is added, replaced by name, and removed with the reason', () => {
    const trust = openTrust();

    trust.trustIdentity(RELEASE, EVA);
    trust.trustIdentity({ ...RELEASE, channels: ['staging'] }, EVA);
    expect(openTrust().trust().identities).toMatchObject([{ ...RELEASE, channels: ['staging'], addedBy: 'Eva Field' }]);
    trust.removeIdentity({ name: RELEASE.name, reason: 'moved' }, EVA);

    expect(openTrust().trust()).toMatchObject({ version: 3, identities: [] });
    expect(recorded().map(([type]) => type)).toEqual([
      'trust.identity-added',
      'trust.identity-added',
      'trust.identity-removed',
    ]);
    expect(() => trust.removeIdentity({ name: RELEASE.name, reason: 'again' }, EVA)).toThrow(
      expect.objectContaining({ code: 'TRUST_IDENTITY_UNKNOWN' }),
    );
  });
});

describe('two administrators at once', () => {
  it('the second change of trust is refused and writes nothing', () => {
    const trust = openTrust();
    const { version } = trust.trust();
    trust.trustKey({ name: 'data team', publicKeyPem, channels: ['staging'], expectedVersion: version }, EVA);

    expect(() => trust.trustIdentity({ ...RELEASE, expectedVersion: version }, EVA)).toThrow(
      expect.objectContaining({
        code: 'TRUST_CHANGED_MEANWHILE',
        details: { what: 'trust', expected: version, version: version + 1 },
      }),
    );
    expect(recorded()).toHaveLength(1);
  });

  it('the second change of the rules is refused and writes nothing', () => {
    const trust = openTrust();
    const { version } = trust.policy();
    const policy = ChannelPolicy.parse({ requireSbom: false });
    trust.setChannelPolicy({ channel: 'staging', policy, expectedVersion: version }, EVA);

    expect(() => trust.setChannelPolicy({ channel: 'production', policy, expectedVersion: version }, EVA)).toThrow(
      expect.objectContaining({ code: 'TRUST_CHANGED_MEANWHILE' }),
    );

    expect(trust.policy()).toMatchObject({ version: version + 1, channels: { production: { requireSbom: true } } });
    expect(recorded()).toHaveLength(1);
  });
});

describe('the rules of a channel', () => {
  it('raise the version of the policy with each change, and the record holds what was before', () => {
    const trust = openTrust();
    const before = trust.policy();

    const after = trust.setChannelPolicy({ channel: 'staging', policy: ChannelPolicy.parse({}) }, EVA);

    expect(after.version).toBe(before.version + 1);
    expect(openTrust().policy()).toEqual(after);
    expect(store.events.readBack(10, 1)[0]).toMatchObject({
      type: 'trust.policy-changed',
      subject: 'staging',
      payload: { version: after.version },
    });
  });
});
