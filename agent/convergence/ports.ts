import type { ModelContract } from '#contracts/bundle.ts';
import type { Descriptor, VariantTarget } from '#contracts/bundle.ts';
import type { TrustStore, VerificationPolicy, Verdict } from '#contracts/verdict.ts';
import type { Digest, Instant } from '#core/base/index.ts';

/** What the agent needs of a bundle that was verified; core/verification makes it and nothing else does. */
export interface VerifiedForDevice {
  readonly contract: ModelContract;
  readonly variants: readonly { readonly target: VariantTarget; readonly digest: Digest; readonly weights: Descriptor }[];
  readonly golden: readonly { readonly inputs: readonly Descriptor[]; readonly outputs: readonly Descriptor[] }[];
  readonly closure: readonly Descriptor[];
}

/** Verifies a bundle in this device's store against the trust that was pinned at enrolment. */
export type VerifyBundle = (input: {
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly trust: TrustStore;
  readonly policy: VerificationPolicy;
  readonly now: Instant;
  readonly lineContract: Pick<ModelContract, 'inputs'> | null;
}) => Promise<{ readonly verdict: Verdict; readonly bundle: VerifiedForDevice | null }>;
