import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleSpec } from '#contracts/bundle.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import type { Digest } from '#core/base/index.ts';
import { encodeTensor, floatTensor, writeModel } from '#core/onnx/index.ts';
import { signLayout } from '#cli/authoring/sign-layout.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { packLayout } from '#native/oci/index.ts';
import { tamperAfterSigning, tamperBeforeSigning, type Tamper } from './tamper.ts';
import { TEST_BUILDER, TEST_NOW, TEST_SOURCE } from './trust.ts';

/** A model of one node, y = x · scale: small enough to read, real enough to run. */
export function aModelFile(scale = 2): Uint8Array {
  return writeModel({
    producer: 'gantry-test',
    opset: 17,
    graph: {
      name: 'scale',
      nodes: [{ op: 'Mul', inputs: ['x', 'scale'], outputs: ['y'] }],
      inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 4] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 4] }],
      initialisers: [floatTensor('scale', [], [scale])],
    },
  });
}

/** The specification of a bundle with two variants of `aModelFile`. */
export function aBundleSpec(change: Partial<BundleSpec> = {}): BundleSpec {
  const variant = {
    runtime: 'onnxruntime',
    runtimeVersion: '>=1.17',
    providers: ['cpu'],
    os: 'any',
    architecture: 'any',
  } as const;
  return BundleSpec.parse({
    model: 'plant/scale',
    version: '1.0.0',
    sequence: 1,
    channel: 'production',
    title: 'Scale by two',
    createdAt: '2026-02-01T00:00:00.000Z',
    contract: {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4], unit: 'mm' }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 4] }],
      preprocessing: 'none',
      tolerance: { rtol: 1e-4, atol: 1e-6 },
      objectives: { p99Ms: 50, errorRate: 0.01, doubtfulShare: 0.2, memoryBytes: 268_435_456 },
      labelClasses: ['good', 'bad'],
      safetyClass: 'quality',
    },
    variants: [
      { ...variant, id: 'cpu-fp32', precision: 'fp32', file: 'model.onnx' },
      { ...variant, id: 'cpu-alt', precision: 'fp32', file: 'model-alt.onnx' },
    ],
    golden: [{ inputs: ['input_0.pb'], outputs: ['output_0.pb'] }],
    modelCard: 'card.md',
    evaluation: { f1: 0.97 },
    provenance: {
      builder: TEST_BUILDER,
      buildType: 'https://builder.example/train/v1',
      source: TEST_SOURCE,
      revision: '0123456789abcdef0123456789abcdef01234567',
    },
    licence: 'Apache-2.0',
    ...change,
  });
}

/** Writes the files that `aBundleSpec` names into a folder. */
export async function writeSpecFiles(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'model.onnx'), aModelFile());
  // A second file with its own bytes: two variants that share a digest would hide mistakes.
  await writeFile(join(dir, 'model-alt.onnx'), writeAltModel());
  await writeFile(join(dir, 'input_0.pb'), encodeTensor(floatTensor('x', [1, 4], [1, 2, 3, 4])));
  await writeFile(join(dir, 'output_0.pb'), encodeTensor(floatTensor('y', [1, 4], [2, 4, 6, 8])));
  await writeFile(join(dir, 'card.md'), '# Scale\n\nMultiplies by two.\n');
}

function writeAltModel(): Uint8Array {
  return writeModel({
    producer: 'gantry-test',
    opset: 17,
    graph: {
      name: 'add',
      nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
      inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 4] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 4] }],
    },
  });
}

export interface SignedLayoutOptions {
  readonly key: SigningKey;
  readonly spec?: BundleSpec;
  readonly tamper?: Tamper;
  /** Folder with the files of `spec`; the files of `aBundleSpec` when absent. */
  readonly filesDir?: string;
  /** Folder for the layout; a fresh temporary one when absent. */
  readonly outDir?: string;
}

export interface TestLayout {
  readonly dir: string;
  readonly digest: Digest;
}

/** A signed layout, damaged as asked. The caller removes its folder. */
export async function aSignedLayout(options: SignedLayoutOptions): Promise<TestLayout> {
  const { key, tamper = 'none' } = options;
  const root = options.outDir ?? (await mkdtemp(join(tmpdir(), 'gantry-layout-')));
  const filesDir = options.filesDir ?? join(root, 'files');
  if (options.filesDir === undefined) await writeSpecFiles(filesDir);
  const dir = join(root, 'layout');
  const packed = await packLayout({
    spec: options.spec ?? aBundleSpec(),
    specDir: filesDir,
    outDir: dir,
    hasher: nodeHasher,
  });
  const digest = await tamperBeforeSigning(dir, packed, tamper);
  if (tamper !== 'unsigned') await signLayout({ dir, key, now: TEST_NOW });
  await tamperAfterSigning(dir, digest, { key, tamper });
  return { dir, digest };
}
