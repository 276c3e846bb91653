import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex, MEDIA_TYPES, PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { ModelRef } from '#contracts/device.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { toIsoUtc, type Digest } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import { statementBytes, summaryPredicate, verifierOf, type VerificationSummary } from '#core/provenance/index.ts';
import { policyDigest } from '#core/verification/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { AGENT_DEFAULTS, composeAgent } from '#agent/compose.ts';
import type { Agent } from '#agent/start-agent.ts';
import { createBundleService, type StationBundles } from '#station/bundles/create-bundle-service.ts';
import { storedStanding } from '#station/bundles/stored-standing.ts';
import { verifyStored } from '#station/bundles/verify-stored.ts';
import { createSummaryWriter } from '#station/bundles/write-summaries.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { aScaleLayout } from '#test/support/agent-bundles.ts';
import { createAgentSite, eventually, type AgentSite } from '#test/support/agent-site.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { engineer, openSite, reach, type TestSite } from '../imports/site.ts';

const LIMIT_MS = 60_000;
const OTHER: Digest = `sha256:${'e'.repeat(64)}`;
const plantKey = aSigningKey();
const siteKey = aSigningKey();
const oldPolicy = aPolicy({ devices: 'vsa', vsaMaxAgeDays: 36_500 });
const newPolicy: VerificationPolicy = { ...oldPolicy, version: 2 };
const trust: SiteTrust = { ...aTrustStore(plantKey), version: 1 };
const inForce = { policy: newPolicy };
const rules = { policy: () => inForce.policy, trust: () => trust, knownBad: () => null };

let root: string;
let station: TestSite;
let bundles: StationBundles;
let site: AgentSite;
let agent: Agent;
let device: string;

/** Imported at the station from a folder and accepted by a person. */
async function accept(version: string): Promise<ModelRef> {
  const layout = await aScaleLayout({ key: plantKey, dir: join(root, version), version });
  const volume = await station.media.openFolder(layout);
  const bundleDigest = volume.set?.bundles[0]?.digest ?? OTHER;
  const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
  await reach(station, id, 'awaiting-decision');
  await station.imports.accept({ importId: id, reason: 'CR-1' }, engineer);
  const index = ImageIndex.parse(
    JSON.parse(new TextDecoder().decode(await station.blobs.read(bundleDigest, 1_000_000))),
  );
  const variant = index.manifests.find((manifest) => manifest.artifactType === MEDIA_TYPES.modelManifest);
  return { repository: 'plant/scale', version, bundleDigest, variantDigest: variant?.digest ?? OTHER };
}

/** What the station does by itself after an acceptance and after a change of rules. */
async function writeSummaries(): Promise<void> {
  const verify = createImportVerification({
    ...rules,
    sequenceFloor: () => null,
    lineContract: () => Promise.resolve(null),
    attestations: sigstoreAttestations,
    hasher: nodeHasher,
    scanner: scanHere,
    clock: systemClock,
    timeFloor: () => null,
  });
  const writer = createSummaryWriter({
    ...rules,
    store: station.store,
    blobs: station.blobs,
    hasher: nodeHasher,
    clock: systemClock,
    register: bundles.register,
    verifyStored: verifyStored({ ...rules, verify, reader: station.blobs }),
    site: { id: site.pki.site, name: 'Plant North' },
    sign: (statement) => signStatement(statement, siteKey),
    onError: (error) => {
      throw error;
    },
  });
  writer.start();
  await writer.settled();
  await writer.stop();
}

interface Forgery extends Partial<VerificationSummary> {
  readonly tamper?: true;
}

/** A summary that differs from a good one in one point, signed with the real key of the site. */
async function attachForged({ bundleDigest }: ModelRef, { tamper, ...change }: Forgery): Promise<void> {
  const now = systemClock.now();
  const predicate = summaryPredicate({
    verifier: verifierOf(site.pki.site),
    verifierVersion: '0.1.0',
    timeVerified: now,
    model: 'plant/scale',
    digest: bundleDigest,
    policy: { uri: 'urn:policy', digest: policyDigest(newPolicy, nodeHasher) },
    buildLevel: 2,
    inputs: [],
    ...change,
  });
  const subject = [{ name: 'plant/scale', digest: change.digest ?? bundleDigest }];
  const statement = statementBytes({ subject, predicateType: PREDICATE_TYPES.verificationSummary, predicate });
  const signed = await signStatement(statement, siteKey);
  const packed = packReferrer(
    {
      subject: { mediaType: MEDIA_TYPES.ociIndex, digest: bundleDigest, size: 1 },
      content: tamper === true ? withOtherPayload(signed) : signed,
      kind: 'sigstore',
      predicateType: PREDICATE_TYPES.verificationSummary,
      createdAt: toIsoUtc(now),
    },
    nodeHasher,
  );
  for (const blob of packed.blobs) await station.blobs.put(blob.descriptor.digest, once(blob.bytes));
  bundles.register.attach(bundleDigest, {
    manifest: packed.manifest.descriptor.digest,
    blobs: packed.blobs.map((blob) => blob.descriptor),
    policyVersion: newPolicy.version,
    trustVersion: trust.version,
    verifiedAt: now,
  });
}

/** The level of the build raised after the signature. */
function withOtherPayload(signed: Uint8Array): Uint8Array {
  const bundle = JSON.parse(new TextDecoder().decode(signed)) as { dsseEnvelope: { payload: string } };
  const text = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('BUILD_LEVEL_2', 'BUILD_LEVEL_3');
  bundle.dsseEnvelope.payload = Buffer.from(text).toString('base64');
  return Buffer.from(JSON.stringify(bundle));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const confirmed = (ref: ModelRef): Promise<unknown> =>
  eventually(`confirmation of ${ref.version}`, () =>
    site.heard.events.find(({ event }) => event.type === 'confirmed' && event.model.bundleDigest === ref.bundleDigest),
  );

const refusedWith = (ref: ModelRef): Promise<string[]> =>
  eventually(`refusal of ${ref.version}`, () => {
    const found = site.heard.events.find(
      ({ event }) => event.type === 'fell-back' && event.evidence.model.bundleDigest === ref.bundleDigest,
    );
    if (found?.event.type !== 'fell-back') return undefined;
    const { code, findings } = found.event.evidence;
    return [code, ...findings.filter(({ severity }) => severity === 'block').map((finding) => finding.code)];
  });

const served = async (): Promise<string | undefined> => {
  const response = await fetch(`${agent.url}/v2/models/plant/scale/infer`, {
    method: 'POST',
    body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }] }),
  });
  return ((await response.json()) as { model_version?: string }).model_version;
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-agent-vsa-'));
  station = await openSite(join(root, 'station'), {
    policyVersion: () => inForce.policy.version,
    verify: (request) =>
      createImportVerification({
        ...rules,
        sequenceFloor: () => null,
        lineContract: () => Promise.resolve(null),
        attestations: sigstoreAttestations,
        hasher: nodeHasher,
        scanner: scanHere,
        clock: systemClock,
        timeFloor: () => null,
      })(request),
  });
  const { store, blobs } = station;
  bundles = createBundleService({ store, blobs, standingOf: storedStanding(rules) });
  site = await createAgentSite({
    siteKey,
    policy: () => newPolicy,
    // The gateway knows no publisher: only the summary of its station can be enough.
    trust: () => aTrustStore(),
    mirror: { catalogue: createMirrorCatalogue({ bundles: bundles.service, blobs, clock: systemClock }), blobs },
  });
  const enrolled = await site.enrolAgent();
  device = enrolled.identity.device;
  const { directory } = enrolled;
  agent = await composeAgent({ ...AGENT_DEFAULTS, directory, port: 0, smokeLimitMs: 8000, log: () => undefined });
}, LIMIT_MS);

afterAll(async () => {
  await agent.stop();
  await site.close();
  await station.close();
  await rm(root, { recursive: true, force: true });
}, LIMIT_MS);

describe('a gateway that relies on the summaries of its station', () => {
  it('pulls a bundle from the mirror, verifies the summary and serves it', { timeout: LIMIT_MS }, async () => {
    const first = await accept('1.0.0');
    await writeSummaries();

    await site.desire(device, { model: first });
    await confirmed(first);

    expect(await served()).toBe('1.0.0');
  });

  it.each<[string, string, Forgery, string]>([
    ['another station verified', '2.0.0', { verifier: verifierOf('elsewhere') }, 'VSA_SIGNATURE_INVALID'],
    ['another bundle was verified', '2.0.1', { digest: OTHER }, 'VSA_SUBJECT_MISMATCH'],
    [
      'it was verified under an older policy',
      '2.0.2',
      { policy: { uri: 'urn:policy', digest: policyDigest(oldPolicy, nodeHasher) } },
      'VSA_POLICY_MISMATCH',
    ],
    ['the summary was changed after it was signed', '2.0.3', { tamper: true }, 'VSA_SIGNATURE_INVALID'],
  ])('refuses when %s, and serves the old model', { timeout: LIMIT_MS }, async (_what, version, forgery, code) => {
    const ref = await accept(version);
    await attachForged(ref, forgery);

    await site.desire(device, { model: ref });

    expect(await refusedWith(ref)).toEqual(expect.arrayContaining(['SLOT_VERIFICATION_FAILED', code]));
    expect(await served()).toBe('1.0.0');
  });

  it('converges on a bundle of earlier rules after the station verified it again', { timeout: LIMIT_MS }, async () => {
    inForce.policy = oldPolicy;
    const ref = await accept('3.0.0');
    await writeSummaries();
    inForce.policy = newPolicy;
    expect(bundles.service.standingOf(ref.bundleDigest).findings.map(({ code }) => code)).toEqual(['VSA_NOT_CURRENT']);

    await writeSummaries();
    expect(bundles.service.standingOf(ref.bundleDigest).findings).toEqual([]);
    await site.desire(device, { model: ref });
    await confirmed(ref);

    expect(await served()).toBe('3.0.0');
  });
});
