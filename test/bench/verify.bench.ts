import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyModelBundle } from '#core/verification/index.ts';
import { ProtoWriter } from '#core/protobuf/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aBundleSpec, aModelFile, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { printResult } from '#scripts/benchmarks/bench-result.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';

/** P2: verification against `openssl dgst -sha256` over the same bytes, and a cold `gantry verify` against a bare Node start. */

const WEIGHT_BYTES = 256 * 1024 * 1024;
const ROUNDS = 3;
const GANTRY = join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');

/** A model with one large initialiser that the graph never reads: real ONNX, and 256 MiB to hash and scan. */
function largeModel(): Uint8Array[] {
  const elements = WEIGHT_BYTES / 4;
  const rawHead = 1 + varintBytes(WEIGHT_BYTES);
  const tensorHead = new ProtoWriter().varint(1, elements).varint(2, 1).string(8, 'ballast').finish();
  const tensorBytes = tensorHead.length + rawHead + WEIGHT_BYTES;
  const graphBytes = 1 + varintBytes(tensorBytes) + tensorBytes;
  // A second graph field would be refused, so the small model is taken apart: its graph is opened and the tensor put in front.
  const small = aModelFile();
  const inner = small.subarray(graphStart(small).at, graphStart(small).end);
  return [
    small.subarray(0, graphStart(small).field),
    Uint8Array.of(0x3a, ...varint(graphBytes + inner.length)),
    inner,
    Uint8Array.of(0x2a, ...varint(tensorBytes)),
    tensorHead,
    Uint8Array.of(0x4a, ...varint(WEIGHT_BYTES)),
    new Uint8Array(WEIGHT_BYTES),
    small.subarray(graphStart(small).end),
  ];
}

/** Where field 7 of a model lies; `aModelFile` writes version, producer, graph, in this order, and a graph over 127 bytes is two length bytes. */
function graphStart(model: Uint8Array): { field: number; at: number; end: number } {
  const field = model.indexOf(0x3a);
  let length = 0;
  let at = field + 1;
  for (let shift = 0; ; shift += 7) {
    const byte = model[at] ?? 0;
    at += 1;
    length |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) break;
  }
  return { field, at, end: at + length };
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function varintBytes(value: number): number {
  return varint(value).length;
}

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
  await writeFile(join(files, 'model.onnx'), largeModel());
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
      { attestations: sigstoreAttestations, hasher: nodeHasher },
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
