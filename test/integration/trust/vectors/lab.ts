import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { afterAll } from 'vitest';
import { openInput, selectListed } from '#cli/inputs/open-input.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { verifyModelBundle, type VerificationInput } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { TEST_NOW } from '#test/support/trust.ts';
import { blocking, codesOf } from './vector.ts';

const made: string[] = [];
afterAll(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the last vector. */
export async function aVectorFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-vector-'));
  made.push(folder);
  return folder;
}

/** A copy of a folder, to be spoilt. */
export async function aCopy(folder: string): Promise<string> {
  const copy = join(await aVectorFolder(), 'copy');
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

export type SiteState = Pick<VerificationInput, 'trust' | 'policy'> &
  Partial<Omit<VerificationInput, 'reader' | 'bundleDigest' | 'referrers'>>;

/** What `gantry verify` does with a path, under the given state of the site. */
export async function judgeInput(path: string, site: SiteState): Promise<readonly string[]> {
  let codes: readonly string[] = [];
  const refusal = await codesOf(async () => {
    codes = await verdictCodes(path, site);
  });
  return [...refusal, ...codes];
}

async function verdictCodes(path: string, site: SiteState): Promise<readonly string[]> {
  const input = await openInput(path);
  try {
    const { digest } = selectListed(input, undefined);
    const { verdict } = await verifyModelBundle(
      {
        reader: input.reader,
        bundleDigest: digest,
        referrers: input.referrersOf(digest),
        now: TEST_NOW,
        lineContract: null,
        ...site,
      },
      {
        attestations: sigstoreAttestations,
        hasher: nodeHasher,
        partsSchema: cycloneDxSchema,
        scanner: scanHere,
        parseYaml,
      },
    );
    return blocking(verdict.findings);
  } finally {
    await input.close();
  }
}

/** A Sigstore bundle around any payload of any type, signed rightly. */
export async function signPayload(payload: Uint8Array, payloadType: string, key: SigningKey): Promise<Uint8Array> {
  const artifact = Buffer.from(payload);
  const signature = Buffer.from(await key.sign(dsse.preAuthEncoding(payloadType, artifact)));
  const bundle = toDSSEBundle({ artifact, artifactType: payloadType, signature, keyHint: key.keyId });
  return Buffer.from(JSON.stringify(bundleToJSON(bundle)));
}
