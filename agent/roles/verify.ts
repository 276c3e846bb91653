import type { ModelContract } from '#contracts/bundle.ts';
import type { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import type { Digest, Instant } from '#core/base/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { answerParent } from '#native/machine/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';

/** What a verification needs; crosses to the child by structured clone. */
export interface VerifyJob {
  readonly storeDirectory: string;
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly trust: TrustStore;
  readonly policy: VerificationPolicy;
  readonly now: Instant;
  readonly lineContract: Pick<ModelContract, 'inputs'> | null;
}

/** In a child: hashing and scanning gigabytes must not delay the answers of the serving model, and their memory goes with the child. */
export function playVerify(): void {
  answerParent(async (job) => {
    const { storeDirectory, ...input } = job as VerifyJob;
    const reader = await folderBlobStore(storeDirectory);
    return verifyModelBundle({ ...input, reader }, { attestations: sigstoreAttestations, hasher: nodeHasher });
  });
}
