import type { Descriptor, ModelContract } from '#contracts/bundle.ts';
import type { TrustStore, Verdict, VerificationPolicy } from '#contracts/verdict.ts';
import { isBlocking, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { closureBytes, readBundle, type LoadedBundle } from '#core/bundle/index.ts';
import type { BlobReader, ContentHasher } from '#core/storage/ports.ts';
import { readAttestations } from './attestations.ts';
import { checkContent } from './content.ts';
import { judgeIdentity } from './judge-identity.ts';
import { judgeIntegrity } from './judge-integrity.ts';
import { judgePermission } from './judge-permission.ts';
import type { AttestationVerifier } from './ports.ts';
import { markVerified, type VerifiedBundle } from './verified-bundle.ts';

export interface VerificationInput {
  readonly reader: BlobReader;
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly trust: TrustStore;
  readonly policy: VerificationPolicy;
  readonly now: Instant;
  /** What the line feeds; null when no line uses this model yet. */
  readonly lineContract: Pick<ModelContract, 'inputs'> | null;
  /** The highest sequence accepted for this model so far (anti-rollback); absent when there is none. */
  readonly sequenceFloor?: number | null;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerificationPorts {
  readonly attestations: AttestationVerifier;
  readonly hasher: ContentHasher;
}

/** A verdict, and the bundle only when it is positive. */
export interface Verification {
  readonly verdict: Verdict;
  readonly bundle: VerifiedBundle | null;
}

/**
 * Judges one bundle offline under one policy. The only maker of a VerifiedBundle.
 * Every fault of the bundle is a finding and all are reported; faults of the machine or medium are thrown.
 */
export async function verifyModelBundle(input: VerificationInput, ports: VerificationPorts): Promise<Verification> {
  const documents = await readBundle(input.reader, input.bundleDigest, input.referrers);
  // A bundle that does not say its channel is held to the strict one.
  const channel = documents.heading?.channel ?? 'production';
  const policy = input.policy.channels[channel];
  const { material, logThreshold, timestampThreshold } = policy;
  const read = await readAttestations({
    reader: input.reader,
    subject: input.bundleDigest,
    referrers: documents.referrers,
    attestations: ports.attestations,
    channel,
    demands: { material, logThreshold, timestampThreshold, keys: input.trust.keys },
  });
  const { bundle, heading } = documents;
  const content = await contentOf(input, ports, { bundle, closure: documents.closure });
  const question = { digest: input.bundleDigest, policy, read, now: input.now };
  const integrity = judgeIntegrity({ ...question, bundle, content, readFindings: documents.findings });
  const identity = judgeIdentity(question);
  const { trust, lineContract, now } = input;
  const permission = judgePermission({
    heading,
    bundle,
    channel,
    policy,
    signer: identity.signer,
    trust,
    lineContract,
    sequenceFloor: input.sequenceFloor ?? null,
    now,
  });
  const findings = distinct([
    ...documents.findings,
    ...content.findings,
    ...integrity.findings,
    ...read.findings,
    ...identity.findings,
    ...permission.findings,
  ]);
  const accepted = bundle !== null && identity.signer !== null && !isBlocking(findings);
  const verdict: Verdict = {
    verdict: accepted ? 'accepted' : 'refused',
    digest: input.bundleDigest,
    model: heading?.model ?? '',
    version: heading?.version ?? '',
    channel,
    signer: identity.signer,
    facts: [...integrity.facts, ...identity.facts, ...permission.facts],
    findings,
    policyVersion: input.policy.version,
    checkedAt: input.now,
  };
  return {
    verdict,
    bundle: accepted
      ? markVerified(bundle, {
          signer: identity.signer,
          provenance: identity.provenance,
          components: integrity.components,
        })
      : null,
  };
}

async function contentOf(
  input: VerificationInput,
  ports: VerificationPorts,
  known: { bundle: LoadedBundle | null; closure: readonly Descriptor[] },
): ReturnType<typeof checkContent> {
  const onnx = new Set(
    known.bundle?.variants
      .filter((variant) => variant.target.runtime === 'onnxruntime')
      .map((variant) => variant.weights.digest),
  );
  const total = closureBytes(known.closure);
  const { onProgress, signal } = input;
  return checkContent({
    reader: input.reader,
    hasher: ports.hasher,
    closure: known.closure,
    onnx,
    ...(onProgress === undefined
      ? {}
      : {
          onBytes: (done: number) => {
            onProgress(done, total);
          },
        }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A missing blob is found by whoever needs it first; it is one fault. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [
        `${finding.code} ${finding.at} ${finding.code === 'BUNDLE_BLOB_MISSING' ? '' : finding.message}`,
        finding,
      ]),
    ).values(),
  ];
}
