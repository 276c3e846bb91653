import type { Descriptor, ModelContract, VariantTarget } from '#contracts/bundle.ts';
import type { Verdict } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import type { VerificationInput } from '#core/verification/index.ts';

/** What the agent needs of a bundle that was verified; core/verification makes it and nothing else does. */
export interface VerifiedForDevice {
  readonly contract: ModelContract;
  readonly variants: readonly {
    readonly target: VariantTarget;
    readonly digest: Digest;
    readonly weights: Descriptor;
  }[];
  readonly golden: readonly { readonly inputs: readonly Descriptor[]; readonly outputs: readonly Descriptor[] }[];
  readonly closure: readonly Descriptor[];
}

/** What a verification on a device is about; crosses to its child by structured clone. */
export type VerificationRequest = Pick<
  VerificationInput,
  'bundleDigest' | 'referrers' | 'trust' | 'policy' | 'now' | 'lineContract' | 'summaryTrust'
>;

/** Verifies a bundle in this device's store against the trust that was pinned at enrolment. */
export type VerifyBundle = (
  request: VerificationRequest,
) => Promise<{ readonly verdict: Verdict; readonly bundle: VerifiedForDevice | null }>;
