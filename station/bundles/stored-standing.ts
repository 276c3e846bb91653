import type { KnownBadList } from '#contracts/known-bad.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { digestHex } from '#core/base/index.ts';
import type { BundleRecord } from '#core/imports/index.ts';
import type { Part } from '#core/provenance/index.ts';
import { judgeStored, type StoredJudgement } from '#core/verification/index.ts';

export interface StandingDeps {
  readonly trust: () => SiteTrust;
  readonly policy: () => VerificationPolicy;
  readonly knownBad: () => KnownBadList | null;
}

/** What the rules of this moment say about an accepted bundle. */
export function storedStanding({ trust, policy, knownBad }: StandingDeps): (record: BundleRecord) => StoredJudgement {
  return (record) => {
    const { summary, contract, reverified } = record;
    const rules = policy();
    const isOfToday = reverified?.policyVersion === rules.version && reverified.trustVersion === trust().version;
    return judgeStored({
      digest: summary.digest,
      contract,
      parts: partsOf(record),
      layers: layersOf(record),
      lineContract: rules.lineContracts[summary.model] ?? null,
      knownBad: knownBad(),
      devices: rules.channels[summary.channel].devices,
      isSummarised: isSummarisedUnder(record, { policyVersion: rules.version, trustVersion: trust().version }),
      reverified: isOfToday && reverified.verdict === 'refused' ? reverified.findings : null,
    });
  };
}

/** Whether the summary of a bundle was written under these rules. One of an earlier release counts for the policy alone. */
export function isSummarisedUnder(
  { summarised, standingSummary }: BundleRecord,
  rules: { readonly policyVersion: number; readonly trustVersion: number },
): boolean {
  return (
    summarised === rules.policyVersion &&
    (standingSummary === undefined || standingSummary.trustVersion === rules.trustVersion)
  );
}

/** The parts of a stored bundle, as a list of known-bad parts compares them. */
export function partsOf({ components }: Pick<BundleRecord, 'components'>): Part[] {
  return components.map((part) => ({
    ...part,
    version: part.version === '' ? null : part.version,
    hashes: {},
  }));
}

/** SHA-256 of every blob, hex. */
export function layersOf({ closure }: Pick<BundleRecord, 'closure'>): string[] {
  return closure.map(({ digest }) => digestHex(digest));
}
