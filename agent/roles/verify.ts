import { agentEntryFile } from '#agent/entry-file.ts';
import type { VerificationRequest } from '#agent/convergence/ports.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { answerParent } from '#native/machine/index.ts';
import { scanInChild } from '#native/model-scan/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';

/** A verification and where its blobs are. */
export interface VerifyJob extends VerificationRequest {
  readonly storeDirectory: string;
}

/** In a child: hashing and scanning gigabytes must not delay the answers of the serving model, and their memory goes with the child. */
export function playVerify(): void {
  answerParent(async (job) => {
    const { storeDirectory, ...input } = job as VerifyJob;
    const reader = await folderBlobStore(storeDirectory);
    return verifyModelBundle(
      { ...input, reader },
      {
        attestations: sigstoreAttestations,
        hasher: nodeHasher,
        parseYaml,
        scanner: scanInChild({ entryFile: agentEntryFile(), role: 'scan', as: 'process' }),
      },
    );
  });
}
