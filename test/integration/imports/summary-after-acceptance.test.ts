import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { verifierOf } from '#core/provenance/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { createBundleService } from '#station/bundles/create-bundle-service.ts';
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

let site: TestSite | undefined;
const folders: string[] = [];
afterEach(async () => {
  await site?.close();
  site = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function anAcceptedBundle(writerFirst: (station: TestSite) => SummaryWriter | null) {
  const layout = await aSignedLayout({ key });
  folders.push(dirname(layout.dir));
  const station = await openSite(await aFolder(), {
    verify: createImportVerification({
      trust: () => aTrustStore(key),
      policy: () => policy,
      sequenceFloor: () => null,
      lineContract: () => Promise.resolve(null),
      attestations: sigstoreAttestations,
      hasher: nodeHasher,
      scanner: scanHere,
      clock: systemClock,
      timeFloor: () => null,
    }),
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

const writerOf = (station: TestSite, inForce = policy): SummaryWriter =>
  createSummaryWriter({
    store: station.store,
    blobs: station.blobs,
    hasher: nodeHasher,
    register: createBundleService({ store: station.store, blobs: station.blobs }).register,
    policy: () => inForce,
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

const summariesOf = async (bundles: TestSite['bundles'], digest: Parameters<TestSite['bundles']['get']>[0]) =>
  (await bundles.get(digest)).referrers.filter((one) => one.predicateType === PREDICATE_TYPES.verificationSummary);

describe('a station that accepted a bundle', () => {
  it('writes a summary that the mirror lists and that alone is enough for a gateway', async () => {
    const { station, writer, mirror, digest } = await anAcceptedBundle(started);
    await mirror.referrers('plant/scale', digest);
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

    for (let starts = 0; starts < 2; starts += 1) await started(station).stop();

    expect(await summariesOf(station.bundles, digest)).toHaveLength(1);
  });

  it('vouches for nothing under rules that the bundle was not judged by', async () => {
    const { station, digest } = await anAcceptedBundle(() => null);
    const writer = writerOf(station, { ...policy, version: policy.version + 1 });
    writer.start();

    await writer.stop();

    expect(await summariesOf(station.bundles, digest)).toEqual([]);
  });
});
