import type { KnownBadList } from '#contracts/known-bad.ts';
import type { ChannelPolicy, Fact } from '#contracts/verdict.ts';
import { isBlocking, shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf, type LoadedBundle } from '#core/bundle/index.ts';
import type { PartsList, PartsSchema } from '#core/provenance/index.ts';
import type { AttestationsRead } from './attestations.ts';
import { differencesToModel } from './compare-contract.ts';
import type { ContentCheck } from './content.ts';
import { fact } from './facts.ts';
import { judgeParts } from './judge-parts.ts';

export interface IntegrityJudgement {
  readonly components: PartsList['components'];
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

export interface IntegrityQuestion {
  readonly digest: Digest;
  readonly bundle: LoadedBundle | null;
  readonly content: ContentCheck;
  /** Findings of reading the documents. */
  readonly readFindings: readonly Finding[];
  readonly read: AttestationsRead;
  readonly policy: ChannelPolicy;
  readonly schema?: PartsSchema | undefined;
  readonly knownBad?: KnownBadList | null | undefined;
  readonly now: Instant;
}

const ATTACHMENT_FAULTS = new Set(['SIGNATURE_SUBJECT_MISMATCH', 'ATTESTATION_INVALID']);

/** Whether the content is whole, says the same everywhere, and is safe to hand to a runtime. */
export function judgeIntegrity(question: IntegrityQuestion): IntegrityJudgement {
  const { bundle, content, digest } = question;
  const subject = shortDigest(digest);
  const faults = [...question.readFindings, ...content.findings].filter(
    (finding) => !/^(ONNX|ARTEFACT|SCAN)_/.test(finding.code) && !ATTACHMENT_FAULTS.has(finding.code),
  );
  const whole = bundle !== null && !isBlocking(faults);
  const model = judgeModels(bundle, content);
  const parts = judgeParts(question);
  return {
    components: parts.components,
    findings: [...model.findings, ...parts.findings],
    facts: [
      fact('CONTENT_WHOLE', {
        established: whole,
        subject,
        detail: whole
          ? `${String(bundle.closure.length)} blobs have the stated digests.`
          : 'The bundle is not whole; the findings name each part.',
      }),
      ...model.facts,
      ...parts.facts,
    ],
  };
}

function judgeModels(bundle: LoadedBundle | null, content: ContentCheck): { facts: Fact[]; findings: Finding[] } {
  const facts: Fact[] = [];
  const findings: Finding[] = [];
  for (const variant of bundle?.variants ?? []) {
    const { id, runtime } = variant.target;
    const scan = content.scans.get(variant.weights.digest);
    if (bundle === null || scan === undefined) {
      facts.push(fact('STRUCTURE_SAFE', { established: false, subject: id, detail: 'The weights could not be read.' }));
      continue;
    }
    const safe = !isBlocking(scan.findings);
    // Nobody can look into an engine: what was not looked at is not established, though a policy may allow it.
    const isOpaque = scan.kind === 'tensorrt';
    facts.push(
      fact('STRUCTURE_SAFE', {
        established: safe && !isOpaque,
        demanded: !isOpaque,
        subject: id,
        detail: `${scan.kind} for ${runtime}: ${scan.summary}; ${String(scan.findings.length)} findings by scanner ${scan.scanner}.`,
      }),
    );
    if (scan.onnx?.isOnnx !== true) continue;
    const differences = differencesToModel(bundle.contract, scan.onnx);
    facts.push(
      fact('CONTRACT_FITS_MODEL', {
        established: differences.length === 0,
        subject: id,
        detail: differences.length === 0 ? 'Names, types and shapes agree.' : differences.join('; '),
      }),
    );
    findings.push(...differences.map((difference) => findingOf('CONTRACT_MODEL_MISMATCH', id, `${difference}.`)));
  }
  return { facts, findings };
}
