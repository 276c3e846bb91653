import type { ErrorCode } from '#contracts/errors/index.ts';
import type { ChannelPolicy, Fact } from '#contracts/verdict.ts';
import { shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf } from '#core/bundle/index.ts';
import { readProvenance, type Provenance } from '#core/provenance/index.ts';
import { statementsOf, type AttestationsRead } from './attestations.ts';
import { fact } from './facts.ts';

export interface ProvenanceQuestion {
  readonly digest: Digest;
  readonly read: AttestationsRead;
  readonly policy: ChannelPolicy;
  readonly now: Instant;
}

export interface ProvenanceJudgement {
  readonly provenance: Provenance | null;
  /** SLSA build level that the site grants it; 0 when nothing is established. */
  readonly level: number;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

/** What of one attestation the policy knows. */
interface Judged {
  readonly provenance: Provenance;
  readonly builder: boolean;
  readonly source: boolean;
  readonly ref: boolean;
  readonly buildType: boolean;
  readonly level: number;
  readonly faults: readonly { readonly code: ErrorCode; readonly detail: string }[];
}

/**
 * SLSA v1, "Verifying artifacts": signature and subject were checked before; here are builder, build type, source and level. Each
 * is compared exactly, never by pattern. Of several attestations one that fulfils every rule suffices; what the others say is told.
 */
export function judgeProvenance({ read, policy, digest, now }: ProvenanceQuestion): ProvenanceJudgement {
  const at = shortDigest(digest);
  const statements = statementsOf(read, 'provenance');
  const judged = statements
    .flatMap((statement) => readProvenance(statement.predicate) ?? [])
    .map((provenance) => judgeOne(provenance, policy))
    .sort((one, other) => one.faults.length - other.faults.length);
  const best = judged[0] ?? null;
  const severity = policy.requireProvenance ? 'block' : 'warn';
  const findings: Finding[] = [];
  if (statements.length === 0) findings.push(findingOf('PROVENANCE_MISSING', at, '', severity));
  else if (best === null) findings.push(findingOf('PROVENANCE_INVALID', at, '', severity));
  else findings.push(...best.faults.map(({ code, detail }) => findingOf(code, at, detail, severity)));
  const unreadable = statements.length - judged.length;
  if (best !== null && unreadable > 0)
    findings.push(
      findingOf('PROVENANCE_INVALID', at, `${String(unreadable)} of ${String(statements.length)}.`, 'warn'),
    );
  findings.push(...contradictions(judged, at));
  return {
    provenance: best?.provenance ?? null,
    level: best?.faults.length === 0 ? best.level : 0,
    findings,
    facts: factsOf(best, policy, now),
  };
}

function judgeOne(provenance: Provenance, policy: ChannelPolicy): Judged {
  const { builder, buildType, source, repository, ref, revision } = provenance;
  const listed = (list: readonly string[], value: string | null): boolean => value !== null && list.includes(value);
  const anyOf = (list: readonly string[], value: string | null): boolean => list.length === 0 || listed(list, value);
  const builderKnown = policy.builders.includes(builder);
  const known = {
    builder: builderKnown,
    source: listed(policy.sources, source) || listed(policy.sources, repository),
    ref: anyOf(policy.sourceRefs, ref) && anyOf(policy.sourceRevisions, revision),
    buildType: anyOf(policy.buildTypes, buildType),
    level: builderKnown ? (policy.builderLevels[builder] ?? 1) : 0,
  };
  const fault = (holds: boolean, code: ErrorCode, detail: string) => (holds ? [] : [{ code, detail }]);
  return {
    provenance,
    ...known,
    faults: [
      ...fault(known.builder, 'PROVENANCE_BUILDER_UNTRUSTED', builder),
      ...fault(known.source, 'PROVENANCE_SOURCE_UNTRUSTED', source ?? 'No source is stated.'),
      ...fault(known.ref, 'PROVENANCE_REF_UNTRUSTED', `${ref ?? 'no ref'}, ${revision ?? 'no revision'}`),
      ...fault(known.buildType, 'PROVENANCE_BUILD_TYPE_UNTRUSTED', buildType),
      // An unknown builder has no level at all; one finding says enough.
      ...fault(
        !known.builder || known.level >= policy.minimumSlsaLevel,
        'PROVENANCE_LEVEL_TOO_LOW',
        `${builder} has level ${String(known.level)}, ${String(policy.minimumSlsaLevel)} is demanded.`,
      ),
    ],
  };
}

const COMPARED = ['builder', 'buildType', 'source', 'revision'] as const;

/** Each is signed by somebody who may: that they differ is for a person to know, and decides nothing. */
function contradictions(judged: readonly Judged[], at: string): Finding[] {
  return COMPARED.flatMap((what) => {
    const said = [...new Set(judged.map(({ provenance }) => provenance[what] ?? 'none'))];
    return said.length < 2
      ? []
      : [findingOf('PROVENANCE_CONTRADICTORY', `${at} ${what}`, `${what}: ${said.join(' / ')}`, 'warn')];
  });
}

function factsOf(best: Judged | null, policy: ChannelPolicy, now: Instant): Fact[] {
  const provenance = best?.provenance ?? null;
  const finished =
    provenance?.finishedOn == null ? null : Math.max(0, Math.round((now - Date.parse(provenance.finishedOn)) / 1000));
  const demanded = policy.requireProvenance;
  return [
    fact('BUILDER_KNOWN', {
      established: best?.builder === true,
      demanded,
      subject: provenance?.builder ?? 'unknown',
      detail: provenance?.buildType ?? 'No signed provenance.',
      ageSeconds: finished,
    }),
    fact('SOURCE_KNOWN', {
      established: best !== null && best.source && best.ref,
      demanded,
      subject: provenance?.source ?? 'unknown',
      detail: provenance?.revision ?? 'No revision is stated.',
    }),
    fact('BUILD_TYPE_ALLOWED', {
      established: best?.buildType === true,
      demanded: demanded && policy.buildTypes.length > 0,
      subject: provenance?.buildType ?? 'unknown',
      detail: policy.buildTypes.length === 0 ? 'The policy accepts every build type.' : 'Compared with the policy.',
    }),
    fact('BUILD_LEVEL_REACHED', {
      established: best?.builder === true && best.level >= policy.minimumSlsaLevel,
      demanded: demanded && policy.minimumSlsaLevel > 0,
      subject: `SLSA build level ${String(best?.level ?? 0)}`,
      detail: `The policy demands level ${String(policy.minimumSlsaLevel)}.`,
    }),
  ];
}
