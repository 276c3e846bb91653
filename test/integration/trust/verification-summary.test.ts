import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_TYPES, PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { ChannelPolicy, VerificationPolicy } from '#contracts/verdict.ts';
import { toIsoUtc, type Digest } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { statementBytes, summaryPredicate, verifierOf, type VerificationSummary } from '#core/provenance/index.ts';
import { policyDigest, verifyModelBundle, type Verification } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { scanHere } from '#test/support/scan-here.ts';

const plantKey = aSigningKey();
const siteKey = aSigningKey();
const VERIFIER = verifierOf('site-1');
let root: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-vsa-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

interface Question {
  readonly devices?: ChannelPolicy['devices'];
  /** The bundle carries its own signatures too. */
  readonly signed?: boolean;
  readonly damaged?: boolean;
  readonly key?: SigningKey;
  readonly summary?: Partial<VerificationSummary> | null;
  readonly result?: 'FAILED';
  readonly subject?: Digest;
  readonly predicateType?: string;
}

const OTHER: Digest = `sha256:${'e'.repeat(64)}`;
const policyFor = (devices: ChannelPolicy['devices']): VerificationPolicy => aPolicy({ devices, vsaMaxAgeDays: 30 });

/** What a gateway says of a bundle with the summary that is described. */
async function judge(question: Question = {}): Promise<Verification> {
  count += 1;
  const { devices = 'vsa', signed = false, damaged = false, summary = {} } = question;
  const outDir = join(root, String(count));
  const tamper = damaged ? 'weights' : signed ? 'none' : 'unsigned';
  const layout = await aSignedLayout({ key: plantKey, outDir, tamper });
  const layoutReader = await openLayout(layout.dir);
  const bundleDigest = layoutReader.bundles()[0]?.digest ?? layout.digest;
  const policy = policyFor(devices);
  const referrers = [...layoutReader.referrersOf(bundleDigest)];
  const store = await folderBlobStore(join(outDir, 'store'));
  if (summary !== null) {
    const packed = await packSummary(question, bundleDigest, policy);
    for (const blob of packed.blobs) await store.put(blob.descriptor.digest, once(blob.bytes));
    referrers.push(packed.manifest.descriptor.digest);
  }
  return verifyModelBundle(
    {
      reader: {
        size: async (digest) => (await store.size(digest)) ?? layoutReader.size(digest),
        read: async (digest, limit) =>
          (await store.has(digest)) ? store.read(digest, limit) : layoutReader.read(digest, limit),
        async *stream(digest, range) {
          yield* (await store.has(digest)) ? store.stream(digest, range) : layoutReader.stream(digest, range);
        },
      },
      bundleDigest,
      referrers,
      trust: aTrustStore(plantKey),
      policy,
      now: TEST_NOW,
      lineContract: null,
      summaryTrust: { keyId: siteKey.keyId, publicKeyPem: siteKey.publicKeyPem, verifier: VERIFIER },
    },
    { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
  );
}

async function packSummary(
  { key = siteKey, summary, result, ...question }: Question,
  digest: Digest,
  policy: VerificationPolicy,
) {
  const predicate = summaryPredicate({
    verifier: VERIFIER,
    verifierVersion: '0.1.0',
    timeVerified: TEST_NOW - 86_400_000,
    model: 'plant/scale',
    digest,
    policy: { uri: 'urn:policy', digest: policyDigest(policy, nodeHasher) },
    buildLevel: 2,
    inputs: [],
    ...summary,
  });
  const statement = statementBytes({
    subject: [{ name: 'plant/scale', digest: question.subject ?? digest }],
    predicateType: question.predicateType ?? PREDICATE_TYPES.verificationSummary,
    predicate: result === undefined ? predicate : { ...(predicate as object), verificationResult: result },
  });
  return packReferrer(
    {
      subject: { mediaType: MEDIA_TYPES.ociIndex, digest, size: 1 },
      content: await signStatement(statement, key),
      kind: 'sigstore',
      predicateType: PREDICATE_TYPES.verificationSummary,
      createdAt: toIsoUtc(TEST_NOW),
    },
    nodeHasher,
  );
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const blocking = ({ verdict }: Verification): string[] =>
  verdict.findings.filter((finding) => finding.severity === 'block').map((finding) => finding.code);

describe('a gateway that may rely on the summary of its station', () => {
  it.each(['vsa', 'either'] as const)('accepts a bundle without signatures under "%s"', async (devices) => {
    const verification = await judge({ devices });

    expect(blocking(verification)).toEqual([]);
    expect(verification.verdict).toMatchObject({ verdict: 'accepted', signer: { id: siteKey.keyId, name: VERIFIER } });
    expect(verification.verdict.facts).toContainEqual(
      expect.objectContaining({ code: 'SUMMARY_HOLDS', established: true, ageSeconds: 86_400 }),
    );
    expect(verification.bundle?.model).toBe('plant/scale');
  });

  it.each<[string, Question, string]>([
    ['none is there', { summary: null }, 'VSA_MISSING'],
    ['another key signed', { key: aSigningKey() }, 'VSA_SIGNATURE_INVALID'],
    ['the key of a publisher signed', { key: plantKey }, 'VSA_SIGNATURE_INVALID'],
    ['another station is named', { summary: { verifier: verifierOf('site-2') } }, 'VSA_SIGNATURE_INVALID'],
    ['its subject is another bundle', { subject: OTHER }, 'VSA_SUBJECT_MISMATCH'],
    ['its resource is another bundle', { summary: { digest: OTHER } }, 'VSA_SUBJECT_MISMATCH'],
    ['its resource is another model', { summary: { model: 'plant/other' } }, 'VSA_SUBJECT_MISMATCH'],
    ['it says FAILED', { result: 'FAILED' }, 'VSA_NOT_PASSED'],
    ['it names another policy', { summary: { policy: { uri: 'urn:policy', digest: OTHER } } }, 'VSA_POLICY_MISMATCH'],
    ['it is too old', { summary: { timeVerified: TEST_NOW - 31 * 86_400_000 } }, 'VSA_TOO_OLD'],
    ['it is another statement', { predicateType: PREDICATE_TYPES.signature }, 'VSA_INVALID'],
  ])('refuses when %s, and says so where it may rely on the bundle too', async (_what, question, code) => {
    const refused = await judge(question);
    const either = await judge({ ...question, devices: 'either', signed: true });

    expect(refused.verdict.verdict).toBe('refused');
    expect(blocking(refused)).toContain(code);
    expect(either.verdict.verdict).toBe('accepted');
    expect(either.verdict.signer?.id).toBe(plantKey.keyId);
    expect(either.verdict.findings).toContainEqual(expect.objectContaining({ code, severity: 'warn' }));
  });

  it('still refuses content that is not whole', async () => {
    const verification = await judge({ damaged: true });

    expect(verification.verdict.verdict).toBe('refused');
    expect(blocking(verification)).toContain('BUNDLE_DIGEST_MISMATCH');
  });
});

describe('a gateway that relies on the bundle', () => {
  it('refuses a bundle without signatures, whatever the station says', async () => {
    const verification = await judge({ devices: 'bundle' });

    expect(verification.verdict.verdict).toBe('refused');
    expect(blocking(verification)).toContain('BUNDLE_UNSIGNED');
  });

  it('accepts a signed one without a word about the summary', async () => {
    const verification = await judge({ devices: 'bundle', signed: true });

    expect(verification.verdict).toMatchObject({ verdict: 'accepted', findings: [] });
  });
});
