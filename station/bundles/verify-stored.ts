import type { SiteTrust } from '#contracts/trust.ts';
import type { Verdict, VerificationPolicy } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import type { VerifyStored } from './write-summaries.ts';

/** The verification of an import, asked about a bundle that lies in the store. */
export type VerifyInStore = (question: {
  readonly reader: BlobReader;
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly model: string;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}) => Promise<{ readonly verdict: Verdict; readonly facts: { readonly buildLevel?: number | undefined } | null }>;

/**
 * Verifies what is stored, under the rules of this moment. `verify` has no sequence floor and no line of another bundle: a version that
 * was accepted stays what a site may go back to.
 */
export function verifyStored(deps: {
  readonly verify: VerifyInStore;
  readonly reader: BlobReader;
  readonly policy: () => VerificationPolicy;
  readonly trust: () => SiteTrust;
}): VerifyStored {
  return async (record, signal) => {
    // Read before the verification: a change during it makes the result one of older rules, and it is done again.
    const trustVersion = deps.trust().version;
    const { verdict, facts } = await deps.verify({
      reader: deps.reader,
      bundleDigest: record.summary.digest,
      referrers: record.referrers,
      model: record.summary.model,
      signal,
      onProgress: () => undefined,
    });
    return {
      buildLevel: facts?.buildLevel ?? 0,
      reverified: {
        policyVersion: verdict.policyVersion,
        trustVersion,
        at: verdict.checkedAt,
        verdict: verdict.verdict,
        findings: verdict.findings.slice(0, MOST_FINDINGS),
      },
    };
  };
}

/** For people; the codes of all that block are few. */
const MOST_FINDINGS = 100;
