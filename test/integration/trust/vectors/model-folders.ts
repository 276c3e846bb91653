import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { signModelFolder, writeModelFolder, type SignatureChange } from '#test/support/model-folder.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { aVectorFolder, judgeInput } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const key = aSigningKey();

interface Change {
  readonly edit?: (dir: string) => Promise<unknown>;
  readonly signature?: SignatureChange;
  readonly trusts?: typeof key;
}

async function judge({ edit, signature, trusts = key }: Change = {}): Promise<readonly string[]> {
  const dir = join(await aVectorFolder(), 'surface-check');
  await writeModelFolder(dir);
  await signModelFolder(dir, key, signature);
  await edit?.(dir);
  return judgeInput(dir, {
    trust: aTrustStore(trusts),
    policy: aPolicy({ requireProvenance: false, requireSbom: false }),
  });
}

const vector = (what: string, code: ErrorCode, change: Change): Vector => ({ what, code, judge: () => judge(change) });

/** A folder of MLflow with a signature of OpenSSF Model Signing. */
export const modelFolders: VectorSuite = {
  name: 'a signed model folder',
  judge,
  vectors: [
    vector('a file is missing', 'MODEL_FILE_MISSING', { edit: (dir) => rm(join(dir, 'conda.yaml')) }),
    vector('a file was added', 'MODEL_FILE_ADDED', { edit: (dir) => writeFile(join(dir, 'extra.py'), 'import os') }),
    vector('a file was changed', 'MODEL_FILE_CHANGED', {
      edit: (dir) => writeFile(join(dir, 'requirements.txt'), 'evil==1.0\n'),
    }),
    vector('a file was renamed', 'MODEL_FILE_RENAMED', {
      edit: (dir) => rename(join(dir, 'requirements.txt'), join(dir, 'needs.txt')),
    }),
    vector('the signature covers shards', 'MODEL_SIGNATURE_FORM_UNSUPPORTED', {
      signature: { serialization: { method: 'shards' } },
    }),
    vector('the signature contradicts itself', 'MODEL_SIGNATURE_INVALID', {
      signature: { rootDigest: 'f'.repeat(64) },
    }),
    vector('another key signed it', 'BUNDLE_SIGNER_UNTRUSTED', { trusts: aSigningKey() }),
  ],
};
