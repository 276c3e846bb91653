import type { ChannelPolicy, Fact, Signer } from '#contracts/verdict.ts';
import { shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf } from '#core/bundle/index.ts';
import { readProvenance, type Provenance } from '#core/provenance/index.ts';
import { statementsOf, type AttestationsRead } from './attestations.ts';
import { fact } from './facts.ts';

export interface IdentityJudgement {
  readonly signer: Signer | null;
  readonly provenance: Provenance | null;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

export interface IdentityQuestion {
  readonly digest: Digest;
  readonly read: AttestationsRead;
  readonly policy: ChannelPolicy;
  readonly now: Instant;
}

/** Who signed the bundle, and who built it from what. */
export function judgeIdentity(question: IdentityQuestion): IdentityJudgement {
  const { read, policy, digest } = question;
  const subject = shortDigest(digest);
  const [signature] = statementsOf(read, 'signature');
  const signer = signature?.signature.signer ?? null;
  const findings: Finding[] = [];
  // A bundle whose signature is there and broken is not unsigned: its own finding says what is wrong.
  if (signer === null && !read.isSignatureClaimed) {
    findings.push(
      findingOf(
        'BUNDLE_UNSIGNED',
        subject,
        read.unsigned > 0 ? `It has ${String(read.unsigned)} statements that nobody signed.` : '',
      ),
    );
  }
  const logEntries = signature?.signature.logEntries ?? 0;
  const timestamps = signature?.signature.timestamps ?? 0;
  const builder = judgeProvenance(question);
  return {
    signer,
    provenance: builder.provenance,
    findings: [...findings, ...builder.findings],
    facts: [
      fact('SIGNATURE_HOLDS', {
        established: signer !== null,
        subject,
        detail:
          signer === null ? 'No signature holds for this content.' : 'The signature holds for exactly this content.',
      }),
      fact('SIGNER_TRUSTED', {
        established: signer !== null,
        subject: signer?.name ?? 'nobody',
        detail: signer === null ? 'No trusted key signed this bundle.' : `Key ${signer.id}`,
      }),
      fact('SIGNATURE_LOGGED', {
        established: logEntries > 0,
        demanded: policy.logThreshold > 0,
        subject,
        detail: `The policy demands ${String(policy.logThreshold)} log entries; ${String(logEntries)} hold.`,
      }),
      fact('SIGNATURE_TIMESTAMPED', {
        established: timestamps > 0,
        demanded: policy.timestampThreshold > 0,
        subject,
        detail: `The policy demands ${String(policy.timestampThreshold)} timestamps; ${String(timestamps)} hold.`,
      }),
      ...builder.facts,
    ],
  };
}

/** SLSA v1 verification: builder and source are compared exactly, never by pattern. */
function judgeProvenance({ read, policy, digest, now }: IdentityQuestion): Omit<IdentityJudgement, 'signer'> {
  const at = shortDigest(digest);
  const statements = statementsOf(read, 'provenance');
  const readable = statements.flatMap((statement) => readProvenance(statement.predicate) ?? []);
  const allowed = readable.find(
    (candidate) =>
      policy.builders.includes(candidate.builder) &&
      candidate.source !== null &&
      policy.sources.includes(candidate.source),
  );
  const provenance = allowed ?? readable[0] ?? null;
  const builderKnown = provenance !== null && policy.builders.includes(provenance.builder);
  const sourceKnown = provenance?.source != null && policy.sources.includes(provenance.source);
  const findings: Finding[] = [];
  const severity = policy.requireProvenance ? 'block' : 'warn';
  if (statements.length === 0) findings.push(findingOf('PROVENANCE_MISSING', at, '', severity));
  else if (provenance === null) findings.push(findingOf('PROVENANCE_INVALID', at, '', severity));
  else {
    if (!builderKnown) findings.push(findingOf('PROVENANCE_BUILDER_UNTRUSTED', at, provenance.builder, severity));
    if (!sourceKnown)
      findings.push(
        findingOf('PROVENANCE_SOURCE_UNTRUSTED', at, provenance.source ?? 'No source is stated.', severity),
      );
  }
  const finished =
    provenance?.finishedOn == null ? null : Math.max(0, Math.round((now - Date.parse(provenance.finishedOn)) / 1000));
  return {
    provenance,
    findings,
    facts: [
      fact('BUILDER_KNOWN', {
        established: builderKnown,
        demanded: policy.requireProvenance,
        subject: provenance?.builder ?? 'unknown',
        detail: provenance?.buildType ?? 'No signed provenance.',
        ageSeconds: finished,
      }),
      fact('SOURCE_KNOWN', {
        established: sourceKnown,
        demanded: policy.requireProvenance,
        subject: provenance?.source ?? 'unknown',
        detail: provenance?.revision ?? 'No revision is stated.',
      }),
    ],
  };
}
