import type { LineContract, ModelContract } from '#contracts/bundle.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { ChannelPolicy, ContractRow } from '#contracts/verdict.ts';
import { shortDigest, type Digest, type Finding } from '#core/base/index.ts';
import { findingOf } from '#core/bundle/index.ts';
import type { Part } from '#core/provenance/index.ts';
import { compareToLine } from './compare-contract.ts';
import { knownBadFindings } from './judge-parts.ts';
import { lineFindings } from './judge-permission.ts';

/** An accepted bundle as it is kept, and what is in force today. */
export interface StoredQuestion {
  readonly digest: Digest;
  readonly contract: ModelContract;
  readonly parts: readonly Part[];
  /** SHA-256 of every blob, hex. */
  readonly layers: readonly string[];
  readonly lineContract: LineContract | null;
  readonly knownBad: KnownBadList | null;
  readonly devices: ChannelPolicy['devices'];
  /** Whether a summary of this site stands for it under the rules in force. */
  readonly isSummarised: boolean;
  /** What the station found when it verified the stored bundle again under rules that changed; null when it did not have to. */
  readonly reverified: readonly Finding[] | null;
}

export interface StoredJudgement {
  /** What speaks against bringing it to gateways today; a blocking one refuses that. */
  readonly findings: readonly Finding[];
  /** The comparison with the line, when one is named. */
  readonly contract: readonly ContractRow[] | null;
}

/** Acceptance is a statement about its day: lists, lines and rules change afterwards, and a rollout asks again. */
export function judgeStored(question: StoredQuestion): StoredJudgement {
  const { contract, lineContract, knownBad, parts, layers, reverified } = question;
  const rows = lineContract === null ? null : compareToLine(contract, lineContract);
  return {
    contract: rows,
    findings: [
      ...(knownBad === null ? [] : knownBadFindings(knownBad, { parts, layers })),
      ...(rows === null ? [] : lineFindings(rows)),
      ...(reverified ?? []).filter(({ code }) => code !== 'PART_KNOWN_BAD' && code !== 'CONTRACT_MISMATCH'),
      ...summaryFindings(question),
    ],
  };
}

/** Where gateways rely on nothing but the summary, a bundle without one would be refused by each of them. */
function summaryFindings({ devices, isSummarised, reverified, digest }: StoredQuestion): Finding[] {
  if (devices === 'bundle' || isSummarised || reverified !== null) return [];
  return [findingOf('VSA_NOT_CURRENT', shortDigest(digest), '', devices === 'vsa' ? 'block' : 'warn')];
}
