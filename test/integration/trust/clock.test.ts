import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '#contracts/verdict.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { bundleFloors } from '#station/trust/bundle-floors.ts';
import { trustAlarms } from '#station/trust/trust-alarms.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { trustRig, type OpenRig, type TrustRig } from './trust-rig.ts';
import { scanHere } from '#test/support/scan-here.ts';

const DAY = 86_400_000;
const at = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
/** When the bundles before were accepted, with a witness of that time. */
const NOW = at('2026-11-21');

const key = aSigningKey();
let layout: TestLayout;
let rig: TrustRig;
let site: OpenRig;

beforeAll(async () => {
  layout = await aSignedLayout({ key });
});
afterAll(() => rm(dirname(layout.dir), { recursive: true }));
beforeEach(async () => {
  rig = await trustRig();
  rig.clock.at = NOW;
  site = await rig.open();
});
afterEach(async () => {
  site.close();
  await rig.remove();
});

async function witness(time: number): Promise<void> {
  const facts = { model: 'other', channel: 'production', sequence: 1, digest: `sha256:${'1'.repeat(64)}` } as const;
  await bundleFloors(site.floors, rig.clock).acceptUnder(
    { ...facts, signedTimes: [{ at: time, kind: 'log', subject: 'sha256:5b1e' }] },
    () => undefined,
  );
}

async function verdict(maxAgeDays: number | null): Promise<Verdict> {
  const floors = bundleFloors(site.floors, rig.clock);
  const verify = createImportVerification({
    trust: () => aTrustStore(key),
    policy: () => aPolicy({ maxAgeDays }),
    sequenceFloor: floors.sequence,
    timeFloor: floors.time,
    lineContract: () => Promise.resolve(null),
    attestations: sigstoreAttestations,
    hasher: nodeHasher,
    scanner: scanHere,
    clock: rig.clock,
  });
  const reader = await openLayout(layout.dir);
  const result = await verify({
    reader,
    bundleDigest: layout.digest,
    referrers: reader.referrersOf(layout.digest),
    model: 'plant/scale',
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return result.verdict;
}

const clockFact = ({ facts }: Verdict) => facts.find((fact) => fact.code === 'CLOCK_PLAUSIBLE');
const ageOf = ({ facts }: Verdict): number =>
  (facts.find((fact) => fact.code === 'AGE_ALLOWED')?.ageSeconds ?? NaN) / 86_400;

describe('a clock that is wrong', () => {
  it.each([
    ['1970', at('1970-01-01'), false, 'behind'],
    ['2001', at('2001-01-01'), false, 'behind'],
    ['two days back', NOW - 2 * DAY, false, 'behind'],
    ['a year forward', NOW + 365 * DAY, true, 'plausible'],
    ['2031', at('2031-01-01'), false, 'far-ahead'],
    ['2099', at('2099-01-01'), false, 'far-ahead'],
  ] as const)('at %s locks nobody out, and verdict and alarm say so', async (_name, clock, plausible, state) => {
    await witness(NOW);
    rig.clock.at = clock;

    const found = await verdict(null);

    expect(found.verdict).toBe('accepted');
    expect(clockFact(found)).toMatchObject({ established: plausible, demanded: false, aspect: 'permission' });
    expect(site.trust.clock().state).toBe(state);
    expect(trustAlarms(site.trust).map((alarm) => alarm.priority)).toEqual(plausible ? [] : ['high']);
  });

  it.each([
    ['1970', at('1970-01-01')],
    ['2001', at('2001-01-01')],
    ['two days back', NOW - 2 * DAY],
  ] as const)('at %s makes no old bundle young', async (_name, clock) => {
    await witness(NOW);
    const age = ageOf(await verdict(null));
    rig.clock.at = clock;

    expect(ageOf(await verdict(null))).toBe(age);
    expect(await verdict(age - 1)).toMatchObject({ verdict: 'refused' });
    expect((await verdict(age - 1)).findings.map((finding) => finding.code)).toContain('BUNDLE_TOO_OLD');
  });

  it('does not widen anything before a first signed time, and the verdict says that nothing proves it', async () => {
    const found = await verdict(null);

    expect(clockFact(found)).toMatchObject({ established: false, subject: 'no signed time' });
    expect(trustAlarms(site.trust)).toEqual([]);
  });

  it('keeps the order of the records, and a restart forgets no signed time', async () => {
    await witness(NOW);
    rig.clock.at = at('2001-01-01');
    site.trust.setChannelPolicy(
      { channel: 'staging', policy: site.trust.policy().channels.staging },
      { id: 'eva', name: 'Eva', role: 'admin' },
    );
    rig.clock.at = at('2031-01-01');
    site.trust.setChannelPolicy(
      { channel: 'staging', policy: site.trust.policy().channels.staging },
      { id: 'eva', name: 'Eva', role: 'admin' },
    );
    site.close();
    site = await rig.open();

    expect(site.store.events.read(0, 10).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(site.floors.floors().time?.at).toBe(NOW);
    expect(site.trust.storesAlarm()).toBeNull();
  });
});

describe('a sequence', () => {
  it('is held by the second store when the register of bundles was restored from before', async () => {
    const floors = bundleFloors(site.floors, rig.clock);
    const accepted = {
      model: 'plant/scale',
      channel: 'production',
      sequence: 900,
      digest: layout.digest,
      signedTimes: [],
    } as const;
    await floors.acceptUnder(accepted, () => undefined);

    const found = await verdict(null);

    expect(found.findings.map((finding) => finding.code)).toContain('SEQUENCE_TOO_OLD');
    expect(floors.sequence('plant/scale', 'staging')).toBeNull();
  });

  it('is not raised by a decision that fails in the database', async () => {
    const floors = bundleFloors(site.floors, rig.clock);
    const accepted = {
      model: 'plant/scale',
      channel: 'production',
      sequence: 5,
      digest: layout.digest,
      signedTimes: [],
    } as const;

    await expect(
      floors.acceptUnder(accepted, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');

    expect(site.store.events.head().seq).toBe(0);
  });
});
