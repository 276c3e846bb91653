import { MEDIA_TYPES, PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import type { ChannelPolicy, Fact, Signer, VerificationPolicy } from '#contracts/verdict.ts';
import { canonicalJson, shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { BUNDLE_LIMITS, findingOf, parseDocument, readBytes, type LoadedReferrer } from '#core/bundle/index.ts';
import { bundleResourceUri, InTotoStatement, speaksAbout, SummaryPredicate } from '#core/provenance/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import { fact } from './facts.ts';
import type { AttestationVerifier, SignatureDemands } from './ports.ts';
import { SigstoreDocument } from './sigstore-document.ts';

/** Whose summaries a device relies on: the station that it was enrolled at. */
export interface SummaryTrust {
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** `verifier.id` that the summary must state. */
  readonly verifier: string;
}

export interface SummaryQuestion {
  readonly reader: BlobReader;
  readonly referrers: readonly LoadedReferrer[];
  readonly digest: Digest;
  readonly model: string;
  readonly trust: SummaryTrust;
  readonly policy: VerificationPolicy;
  readonly channel: ChannelPolicy;
  readonly demands: SignatureDemands;
  readonly attestations: AttestationVerifier;
  readonly hasher: Hasher;
  readonly now: Instant;
}

export interface SummaryJudgement {
  /** The station, when a summary holds and the policy lets the device rely on it. */
  readonly signer: Signer | null;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

const NOT_ASKED: SummaryJudgement = { signer: null, facts: [], findings: [] };

/** Whether an attached document claims to be a verification summary. It is then judged here, and nowhere else. */
export function claimsSummary(referrer: LoadedReferrer): boolean {
  return referrer.claims === PREDICATE_TYPES.verificationSummary;
}

/**
 * SLSA v1, "Verifying VSAs": signature and key, subject, verifier, resource, result, policy, age. Any one summary that fulfils all
 * suffices; when none does, the one that came furthest says why.
 */
export async function judgeSummary(question: SummaryQuestion): Promise<SummaryJudgement> {
  const { channel, digest, trust } = question;
  if (channel.devices === 'bundle') return NOT_ASKED;
  const at = shortDigest(digest);
  const tried = await Promise.all(
    question.referrers
      .filter((referrer) => claimsSummary(referrer) && referrer.artifactType === MEDIA_TYPES.sigstoreBundle)
      .map((referrer) => judgeOne(referrer, question)),
  );
  const holding = tried.find((one) => one.ok);
  const demanded = channel.devices === 'vsa';
  if (holding !== undefined) {
    const detail = `${trust.verifier} verified it under this policy: ${holding.levels.join(', ')}.`;
    return {
      signer: { kind: 'key', id: trust.keyId, name: trust.verifier },
      findings: [],
      facts: [
        fact('SUMMARY_HOLDS', { established: true, demanded, subject: at, detail, ageSeconds: holding.ageSeconds }),
      ],
    };
  }
  const [furthest] = tried
    .flatMap((one) => (one.ok ? [] : [one]))
    .sort((a, b) => ORDER.indexOf(b.code) - ORDER.indexOf(a.code));
  const { code, detail } = furthest ?? { code: 'VSA_MISSING' as const, detail: '' };
  return {
    signer: null,
    findings: [findingOf(code, at, detail, demanded ? 'block' : 'warn')],
    facts: [
      fact('SUMMARY_HOLDS', { established: false, demanded, subject: at, detail: 'No summary of this site holds.' }),
    ],
  };
}

/** In the order of the checks. */
const ORDER: readonly ErrorCode[] = [
  'VSA_INVALID',
  'VSA_SIGNATURE_INVALID',
  'VSA_SUBJECT_MISMATCH',
  'VSA_NOT_PASSED',
  'VSA_POLICY_MISMATCH',
  'VSA_TOO_OLD',
];

type One =
  | { readonly ok: true; readonly ageSeconds: number; readonly levels: readonly string[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Untrusted: one attached summary. */
async function judgeOne(referrer: LoadedReferrer, question: SummaryQuestion): Promise<One> {
  const limitBytes = BUNDLE_LIMITS.attestationBytes;
  const bytes = await readBytes(question.reader, referrer.layer, limitBytes);
  if (!bytes.ok) return fault('VSA_INVALID', bytes.findings[0]?.message);
  const options = { limitBytes, at: 'summary' };
  const document = parseDocument(bytes.value, SigstoreDocument, options);
  if (!document.ok) return fault('VSA_INVALID', document.findings[0]?.message);
  const signature = question.attestations.verify(document.value, siteDemands(question));
  if (!signature.ok) return fault('VSA_SIGNATURE_INVALID', signature.detail);
  if (signature.payloadType !== MEDIA_TYPES.inToto) return fault('VSA_INVALID', signature.payloadType);
  const statement = parseDocument(signature.payload, InTotoStatement, options);
  if (!statement.ok || statement.value.predicateType !== PREDICATE_TYPES.verificationSummary)
    return fault('VSA_INVALID', 'It is not a verification summary.');
  const summary = SummaryPredicate.safeParse(statement.value.predicate);
  if (!summary.success) return fault('VSA_INVALID', summary.error.issues[0]?.message);
  if (!speaksAbout(statement.value, question.digest)) return fault('VSA_SUBJECT_MISMATCH', 'It has another subject.');
  return judgeContent(summary.data, question);
}

function judgeContent(summary: SummaryPredicate, question: SummaryQuestion): One {
  const { digest, model, trust, policy, channel, hasher, now } = question;
  if (summary.resourceUri !== bundleResourceUri(model, digest))
    return fault('VSA_SUBJECT_MISMATCH', `It is about ${summary.resourceUri}.`);
  if (summary.verifier.id !== trust.verifier)
    return fault('VSA_SIGNATURE_INVALID', `Its verifier is ${summary.verifier.id}, ${trust.verifier} is expected.`);
  if (summary.verificationResult !== 'PASSED') return fault('VSA_NOT_PASSED', summary.verificationResult);
  if (`sha256:${summary.policy.digest.sha256}` !== policyDigest(policy, hasher))
    return fault('VSA_POLICY_MISMATCH', `It names ${summary.policy.uri ?? 'a policy without a name'}.`);
  const ageSeconds = Math.max(0, Math.round((now - Date.parse(summary.timeVerified)) / 1000));
  const limitDays = channel.vsaMaxAgeDays;
  if (ageSeconds > limitDays * 86_400)
    return fault('VSA_TOO_OLD', `It is of ${summary.timeVerified}, ${String(limitDays)} days are allowed.`);
  return { ok: true, ageSeconds, levels: summary.verifiedLevels };
}

/** Only the key of the station, and no log: a summary never leaves the plant. */
function siteDemands({ demands, trust }: SummaryQuestion): SignatureDemands {
  const { keyId, publicKeyPem } = trust;
  const key = { keyId, publicKeyPem, name: 'site', addedAt: 0, addedBy: 'enrolment' };
  return {
    ...demands,
    material: 'key',
    keys: [{ ...key, channels: ['staging', 'production'] }],
    identities: [],
    trustedRoot: null,
    logThreshold: 0,
    timestampThreshold: 0,
  };
}

/** SHA-256 of the canonical form of a policy: what a summary names, and what a device compares with the policy that it knows. */
export function policyDigest(policy: VerificationPolicy, hasher: Hasher): Digest {
  return hasher.sha256(new TextEncoder().encode(canonicalJson(policy)));
}

function fault(code: ErrorCode, detail = ''): One {
  return { ok: false, code, detail };
}
