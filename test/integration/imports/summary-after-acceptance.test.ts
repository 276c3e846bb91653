import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import { verifierOf } from '#core/provenance/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { createBundleService, type StationBundles } from '#station/bundles/create-bundle-service.ts';
import { storedStanding } from '#station/bundles/stored-standing.ts';
import { verifyStored } from '#station/bundles/verify-stored.ts';
import { createSummaryWriter, type SummaryWriter } from '#station/bundles/write-summaries.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { aFolder } from '../media/folders.ts';
import { engineer, openSite, reach, type TestSite } from './site.ts';
import { scanHere } from '#test/support/scan-here.ts';

const key = aSigningKey();
const siteKey = aSigningKey();
const SITE = { id: 'site-1', name: 'Plant North' };
const policy: VerificationPolicy = aPolicy({ devices: 'vsa', vsaMaxAgeDays: 36_500 });
const trust: SiteTrust = { ...aTrustStore(key), version: 1 };

let site: TestSite | undefined;
const folders: string[] = [];
afterEach(async () => {
  await site?.close();
  site = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const verificationUnder = (inForce: InForce, now = systemClock.now) =>
  createImportVerification({
    trust: () => inForce.trust,
    policy: () => inForce.policy,
    sequenceFloor: () => null,
    lineContract: () => Promise.resolve(null),
    attestations: sigstoreAttestations,
    hasher: nodeHasher,
    scanner: scanHere,
    clock: { ...systemClock, now },
    timeFloor: () => null,
  });

async function anAcceptedBundle(writerFirst: (station: TestSite) => SummaryWriter | null) {
  const layout = await aSignedLayout({ key });
  folders.push(dirname(layout.dir));
  const station = await openSite(await aFolder(), {
    verify: verificationUnder({ policy, trust }),
  });
  site = station;
  const writer = writerFirst(station);
  const volume = await station.media.openFolder(layout.dir);
  const bundleDigest = volume.set?.bundles[0]?.digest ?? layout.digest;
  const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
  await reach(station, id, 'awaiting-decision');
  const mirror = createMirrorCatalogue({ bundles: station.bundles, blobs: station.blobs, clock: systemClock });
  await station.imports.accept({ importId: id, reason: 'CR-1' }, engineer);
  return { station, writer, mirror, digest: bundleDigest };
}

interface InForce {
  readonly policy: VerificationPolicy;
  readonly trust: SiteTrust;
}

const rulesOf = (change: Partial<InForce> = {}) => {
  const inForce = { policy, trust, ...change };
  return { policy: () => inForce.policy, trust: () => inForce.trust, knownBad: () => null };
};

const serviceOf = (station: TestSite, change: Partial<InForce> = {}): StationBundles =>
  createBundleService({ store: station.store, blobs: station.blobs, standingOf: storedStanding(rulesOf(change)) });

const writerOf = (station: TestSite, change: Partial<InForce> = {}, now = (): number => Date.now()): SummaryWriter =>
  createSummaryWriter({
    ...rulesOf(change),
    store: station.store,
    blobs: station.blobs,
    hasher: nodeHasher,
    clock: { ...systemClock, now },
    register: serviceOf(station).register,
    verifyStored: verifyStored({
      ...rulesOf(change),
      reader: station.blobs,
      verify: verificationUnder({ policy, trust, ...change }, now),
    }),
    site: SITE,
    sign: (statement) => signStatement(statement, siteKey),
    onError: (error) => {
      throw error;
    },
  });

const started = (station: TestSite): SummaryWriter => {
  const writer = writerOf(station);
  writer.start();
  return writer;
};

/** Everything that is due, and an end. */
const run = async (writer: SummaryWriter): Promise<void> => {
  writer.start();
  await writer.settled();
  await writer.stop();
};

const summariesOf = async (bundles: TestSite['bundles'], digest: Parameters<TestSite['bundles']['get']>[0]) =>
  (await bundles.get(digest)).referrers.filter((one) => one.predicateType === PREDICATE_TYPES.verificationSummary);

describe('a station that accepted a bundle', () => {
  it('writes a summary that the mirror lists and that alone is enough for a gateway', async () => {
    const { station, writer, mirror, digest } = await anAcceptedBundle(started);
    await mirror.referrers('plant/scale', digest);
    await writer?.settled();
    await writer?.stop();

    const [summary] = await summariesOf(station.bundles, digest);
    const listed = (await mirror.resolve('plant/scale', { digest: summary?.digest ?? digest }))?.digest;
    const referrers = await mirror.referrers('plant/scale', digest);
    const verification = await verifyModelBundle(
      {
        reader: station.blobs,
        bundleDigest: digest,
        referrers: summary === undefined ? [] : [summary.digest],
        trust: aTrustStore(),
        policy,
        now: Date.now(),
        lineContract: null,
        summaryTrust: { keyId: siteKey.keyId, publicKeyPem: siteKey.publicKeyPem, verifier: verifierOf(SITE.id) },
      },
      { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
    );

    expect(listed).toBe(summary?.digest);
    expect(referrers?.map((one) => one.digest)).toContain(summary?.digest);
    expect(verification.verdict).toMatchObject({ verdict: 'accepted', signer: { id: siteKey.keyId } });
    expect(station.store.events.read(0, 100, { type: 'bundle.summarised' })).toHaveLength(1);
  });

  it('writes the one that a kill left out when it starts again, and only once', async () => {
    const { station, digest } = await anAcceptedBundle(() => null);
    expect(await summariesOf(station.bundles, digest)).toEqual([]);

    for (let starts = 0; starts < 2; starts += 1) await run(writerOf(station));

    expect(await summariesOf(station.bundles, digest)).toHaveLength(1);
  });

  describe('when the rules change afterwards', () => {
    const stricter: VerificationPolicy = { ...policy, version: policy.version + 1 };
    const codesOf = (station: TestSite, digest: Digest, change: Partial<InForce>): string[] =>
      serviceOf(station, change)
        .service.standingOf(digest)
        .findings.map(({ code, severity }) => `${code} ${severity}`);
    const reverified = (station: TestSite) =>
      station.store.events.read(0, 100, { type: 'bundle.reverified' }).map(({ payload }) => payload);

    it('verifies again and puts a new summary in the place of the old one, once', async () => {
      const { station, digest } = await anAcceptedBundle(() => null);
      await run(writerOf(station));
      const [old] = await summariesOf(station.bundles, digest);
      expect(codesOf(station, digest, {})).toEqual([]);
      expect(codesOf(station, digest, { policy: stricter })).toEqual(['VSA_NOT_CURRENT block']);

      for (let runs = 0; runs < 2; runs += 1) await run(writerOf(station, { policy: stricter }));

      const summaries = await summariesOf(station.bundles, digest);
      expect(summaries).toHaveLength(1);
      expect(summaries[0]?.digest).not.toBe(old?.digest);
      expect(codesOf(station, digest, { policy: stricter })).toEqual([]);
      expect(reverified(station)).toEqual([
        { verdict: 'accepted', policyVersion: stricter.version, trustVersion: 1, codes: [] },
      ]);
      expect(
        serviceOf(station)
          .service.closureOf(digest)
          .closure.map((blob) => blob.digest),
      ).not.toContain(old?.digest);
    });

    it('takes the summary away from what the new rules refuse, and says why', async () => {
      const { station, digest } = await anAcceptedBundle(() => null);
      await run(writerOf(station));
      const builders = ['https://elsewhere.example'];
      const channels = { ...policy.channels, production: { ...policy.channels.production, builders } };
      const change = { policy: { ...stricter, channels } };

      for (let runs = 0; runs < 2; runs += 1) await run(writerOf(station, change));

      expect(await summariesOf(station.bundles, digest)).toEqual([]);
      expect(codesOf(station, digest, change)).toEqual(['PROVENANCE_BUILDER_UNTRUSTED block']);
      expect(reverified(station)).toHaveLength(1);
    });

    it('takes it away when the publisher is not trusted any more', async () => {
      const { station, digest } = await anAcceptedBundle(() => null);
      await run(writerOf(station));
      const change = { trust: { ...trust, keys: [], version: 2 } };

      await run(writerOf(station, change));

      expect(await summariesOf(station.bundles, digest)).toEqual([]);
      expect(codesOf(station, digest, change)).toContain('BUNDLE_SIGNER_UNTRUSTED block');
    });

    it('verifies nothing again where gateways rely on the bundle itself', async () => {
      const { station, digest } = await anAcceptedBundle(() => null);
      const alone = { ...aPolicy({ devices: 'bundle' }), version: stricter.version };

      await run(writerOf(station, { policy: alone }));

      expect(reverified(station)).toEqual([]);
      expect(codesOf(station, digest, { policy: alone })).toEqual([]);
    });
  });

  it('writes a new summary before the old one is too old for gateways', async () => {
    const { station, digest } = await anAcceptedBundle(() => null);
    await run(writerOf(station));
    const [old] = await summariesOf(station.bundles, digest);
    const later = Date.now() + 20_000 * 86_400_000;

    await run(writerOf(station, {}, () => later));

    const summaries = await summariesOf(station.bundles, digest);
    expect(summaries).toHaveLength(1);
    expect(summaries[0]?.digest).not.toBe(old?.digest);
  });
});
