import { MEDIA_TYPES, PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import type { Digest } from '#core/base/index.ts';
import { statementBytes, summaryPredicate, verifierOf, type VerificationSummary } from '#core/provenance/index.ts';
import { policyDigest } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import { attach } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { aVectorFolder, judgeInput, signPayload } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const siteKey = aSigningKey();
const VERIFIER = verifierOf('site-1');
const POLICY = aPolicy({ devices: 'vsa', vsaMaxAgeDays: 30 });
const OTHER: Digest = `sha256:${'e'.repeat(64)}`;

interface Change {
  readonly isThere?: false;
  readonly key?: typeof siteKey;
  readonly subject?: Digest;
  readonly summary?: Partial<VerificationSummary>;
  readonly predicate?: Record<string, unknown>;
}

/** What a gateway says of a bundle that only the summary of its station speaks for. */
async function judge({ isThere, key = siteKey, subject, summary, predicate }: Change = {}): Promise<readonly string[]> {
  const { dir, digest } = await aSignedLayout({
    key: aSigningKey(),
    tamper: 'unsigned',
    outDir: await aVectorFolder(),
  });
  const stated = summaryPredicate({
    verifier: VERIFIER,
    verifierVersion: '0.1.0',
    timeVerified: TEST_NOW - 86_400_000,
    model: 'plant/scale',
    digest,
    policy: { uri: 'urn:policy', digest: policyDigest(POLICY, nodeHasher) },
    buildLevel: 2,
    inputs: [],
    ...summary,
  });
  const statement = statementBytes({
    subject: [{ name: 'plant/scale', digest: subject ?? digest }],
    predicateType: PREDICATE_TYPES.verificationSummary,
    predicate: JSON.parse(JSON.stringify({ ...(stated as object), ...predicate })) as typeof stated,
  });
  const content = await signPayload(statement, MEDIA_TYPES.inToto, key);
  if (isThere !== false) await attach(dir, digest, { predicateType: PREDICATE_TYPES.verificationSummary, content });
  return judgeInput(dir, {
    trust: aTrustStore(),
    policy: POLICY,
    summaryTrust: { keyId: siteKey.keyId, publicKeyPem: siteKey.publicKeyPem, verifier: VERIFIER },
  });
}

/** Without a summary that holds, the bundle itself has to speak, and this one says nothing. */
const SILENT: readonly ErrorCode[] = ['BUNDLE_UNSIGNED', 'PROVENANCE_MISSING', 'SBOM_MISSING'];
const vector = (what: string, code: ErrorCode, change: Change): Vector => ({
  what,
  code,
  judge: () => judge(change),
  also: SILENT,
});

/** A gateway that relies on the verification summary of its station. */
export const summaries: VectorSuite = {
  name: 'a bundle with the verification summary of a station',
  judge,
  vectors: [
    vector('none is there', 'VSA_MISSING', { isThere: false }),
    vector('another key signed it', 'VSA_SIGNATURE_INVALID', { key: aSigningKey() }),
    vector('it is about another bundle', 'VSA_SUBJECT_MISMATCH', { subject: OTHER }),
    vector('it says that the bundle failed', 'VSA_NOT_PASSED', { predicate: { verificationResult: 'FAILED' } }),
    vector('it was written under another policy', 'VSA_POLICY_MISMATCH', {
      summary: { policy: { uri: 'urn:policy', digest: OTHER } },
    }),
    vector('it is too old', 'VSA_TOO_OLD', { summary: { timeVerified: TEST_NOW - 31 * 86_400_000 } }),
    vector('it cannot be read', 'VSA_INVALID', { predicate: { timeVerified: 'yesterday' } }),
  ],
};
