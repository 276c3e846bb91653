import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyModelBundle } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { aLargeModel } from '#test/support/large-model.ts';
import { printResult } from '#scripts/benchmarks/bench-result.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { scanHere } from '#test/support/scan-here.ts';

/** P2: verification against `openssl dgst -sha256` over the same bytes, and a cold `gantry verify` against a bare Node start. */

const WEIGHT_BYTES = 256 * 1024 * 1024;
const ROUNDS = 3;
const GANTRY = join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');

async function best(rounds: number, work: () => Promise<void> | void): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await work();
    shortest = Math.min(shortest, performance.now() - startedAt);
  }
  return shortest;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

const root = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
try {
  const key = aSigningKey();
  const files = join(root, 'files');
  await writeSpecFiles(files);
  const small = await aSignedLayout({ key, filesDir: files, outDir: join(root, 'small') });
  await writeFile(join(files, 'model.onnx'), aLargeModel(WEIGHT_BYTES));
  const large = await aSignedLayout({ key, filesDir: files, outDir: join(root, 'large'), spec: aBundleSpec() });
  const reader = await openLayout(large.dir);
  const verifyMs = await best(ROUNDS, async () => {
    const { verdict } = await verifyModelBundle(
      {
        reader,
        bundleDigest: large.digest,
        referrers: reader.referrersOf(large.digest),
        trust: aTrustStore(key),
        policy: aPolicy(),
        now: TEST_NOW,
        lineContract: null,
      },
      { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
    );
    if (verdict.verdict !== 'accepted') throw new Error(JSON.stringify(verdict.findings));
  });
  const opensslMs = await best(ROUNDS, () => {
    run('openssl', ['dgst', '-sha256', join(files, 'model.onnx')]);
  });
  await writeFile(join(root, 'policy.json'), JSON.stringify(aPolicy()));
  await writeFile(join(root, 'release.pub.pem'), key.publicKeyPem);
  const coldMs = await best(ROUNDS, () => {
    run(process.execPath, [GANTRY, 'verify', small.dir, '--policy', join(root, 'policy.json'), '--json']);
  });
  const nodeMs = await best(ROUNDS, () => {
    run(process.execPath, ['-e', '']);
  });
  const speed = opensslMs / verifyMs;
  printResult({
    id: 'P2',
    what: 'verify 256 MiB against openssl dgst',
    value: `${speed.toFixed(2)} x`,
    goal: 'at least 0.9 x',
    ofGoal: speed / 0.9,
  });
  const cold = coldMs / nodeMs;
  printResult({
    id: 'P2',
    what: 'cold gantry verify against bare Node',
    value: `${cold.toFixed(1)} x`,
    goal: 'at most 5 x',
    ofGoal: cold / 5,
  });
  const ratio = (value: number): string => value.toFixed(2);
  console.log(
    `verify 256 MiB        ${verifyMs.toFixed(0)} ms, openssl dgst ${opensslMs.toFixed(0)} ms, ratio ${ratio(verifyMs / opensslMs)}`,
  );
  console.log(
    `cold gantry verify    ${coldMs.toFixed(0)} ms, bare node ${nodeMs.toFixed(0)} ms, ratio ${ratio(coldMs / nodeMs)}`,
  );
  console.log(
    JSON.stringify({
      name: 'verify',
      verifyMs,
      opensslMs,
      verifyRatio: verifyMs / opensslMs,
      coldMs,
      nodeMs,
      coldRatio: coldMs / nodeMs,
      seed: null,
    }),
  );
} finally {
  await rm(root, { recursive: true });
}
