import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BundleSpec } from '#contracts/bundle.ts';
import { encodeTensor } from '#core/onnx/index.ts';
import { readTensorProto } from '#core/tensor/index.ts';
import { openOnnxSession } from '#native/onnx/index.ts';
import type { Frame } from './line-feeder.ts';
import type { DemoSource } from './demo-source.ts';

/** Real images and trained models of printed circuit boards, beside the checkout where they are present. */
const PCB_DIR = fileURLToPath(new URL('../../../shared/data/pcb/', import.meta.url));
const CLASSES = ['open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole'];
const SIDE = 640;
const FRAME_COUNT = 12;
const MODEL = 'pcb-defect';

export function hasPcbData(): boolean {
  return existsSync(join(PCB_DIR, 'pcb-defect-1.0.0.onnx'));
}

/**
 * Specifications for three versions of the board inspector. 1.2.0 was made deliberately worse with the same contract: its own
 * golden vectors pass, and what gives it away is that it is unsure of every board.
 */
export async function writePcbSpecs(dir: string): Promise<DemoSource> {
  const specs = {
    first: await writeSpec(dir, '1.0.0', 1, [{ id: 'cpu-fp32', file: 'pcb-defect-1.0.0.onnx', precision: 'fp32' }]),
    better: await writeSpec(dir, '1.1.0', 2, [
      { id: 'cpu-fp32', file: 'pcb-defect-1.1.0.onnx', precision: 'fp32' },
      { id: 'cpu-int8', file: 'pcb-defect-1.1.0-int8w.onnx', precision: 'int8' },
    ]),
    bad: await writeSpec(dir, '1.2.0', 3, [
      { id: 'cpu-fp32', file: 'pcb-defect-1.2.0-regressed.onnx', precision: 'fp32' },
    ]),
  };
  return { kind: 'shared-data', specs, frames: await readFrames() };
}

interface VariantFile {
  readonly id: string;
  readonly file: string;
  readonly precision: 'fp32' | 'int8';
}

async function writeSpec(
  dir: string,
  version: string,
  sequence: number,
  variants: readonly VariantFile[],
): Promise<string> {
  for (const { file } of variants) await copyFile(join(PCB_DIR, file), join(dir, file));
  const golden = await writeGolden(dir, version, variants[0]?.file ?? '');
  await writeFile(
    join(dir, `card-${version}.md`),
    `# ${MODEL} ${version}\n\nFinds six classes of surface defects on printed circuit boards from a test and a template image.\nTrained on DeepPCB (MIT licence).\n`,
  );
  const spec: BundleSpec = {
    model: MODEL,
    version,
    sequence,
    channel: 'production',
    title: 'PCB surface defects',
    createdAt: `2026-01-0${String(sequence)}T08:00:00Z`,
    contract: {
      inputs: [{ name: 'pair', datatype: 'FP32', shape: [-1, 2, SIDE, SIDE], unit: '1' }],
      outputs: [{ name: 'heatmap', datatype: 'FP32', shape: [-1, CLASSES.length, 40, 40], classes: CLASSES }],
      preprocessing: 'channel 0 the test image, channel 1 the template, grey values divided by 255',
      tolerance: { rtol: 0.01, atol: 0.03 },
      objectives: { p99Ms: 400, errorRate: 0.01, doubtfulShare: 0.6, memoryBytes: 400 * 1024 * 1024 },
      // Sure answers leave at most about fifteen cells near the threshold; the regressed model leaves a hundred.
      doubt: { output: 'heatmap', reduce: 'ambiguous-count', threshold: 0.35, band: 0.15, limit: 14 },
      review: { kind: 'image', input: 'pair', channel: 0, min: 0, max: 1 },
      labelClasses: CLASSES,
      safetyClass: 'quality',
      retrainIntervalDays: 180,
    },
    variants: variants.map(({ id, file, precision }) => ({
      id,
      file,
      precision,
      runtime: 'onnxruntime',
      runtimeVersion: '>=1.17',
      providers: ['cpu'],
      os: 'any',
      architecture: 'any',
    })),
    golden: [golden],
    modelCard: `card-${version}.md`,
    evaluation: await readMetrics(version),
    provenance: {
      builder: 'https://build.example/pcb',
      buildType: 'https://build.example/train/v1',
      source: 'git+https://git.example/vision/pcb',
      revision: `v${version}`,
    },
    licence: 'MIT',
  };
  const path = join(dir, `pcb-${version}.yaml`);
  await writeFile(path, stringify(spec));
  return path;
}

/** The golden answer is the model's own: it proves that a gateway computes what the publisher computed, not that the model is good. */
async function writeGolden(dir: string, version: string, modelFile: string): Promise<BundleSpec['golden'][number]> {
  const input = await readFile(join(PCB_DIR, 'golden-1.0.0', 'input_0.pb'));
  const session = await openOnnxSession({ path: join(PCB_DIR, modelFile), digest: null, providers: ['cpu'] });
  try {
    const [answer] = await session.run([readTensorProto(input)]);
    if (answer === undefined) throw new Error(`${modelFile} gave no answer`);
    const inputs = [`golden-${version}-input_0.pb`];
    const outputs = [`golden-${version}-output_0.pb`];
    await writeFile(join(dir, inputs[0] ?? ''), input);
    await writeFile(join(dir, outputs[0] ?? ''), encodeTensor(answer));
    return { inputs, outputs };
  } finally {
    await session.close();
  }
}

async function readMetrics(version: string): Promise<Record<string, number>> {
  const metrics: unknown = JSON.parse(await readFile(join(PCB_DIR, 'metrics.json'), 'utf8'));
  const results = (metrics as { results?: Record<string, Record<string, number>> }).results ?? {};
  return results[version] ?? results[`${version}-regressed`] ?? {};
}

async function readFrames(): Promise<Frame[]> {
  const jpeg = await import('jpeg-js');
  const names = (await readdir(join(PCB_DIR, 'images'))).filter((name) => name.endsWith('_test.jpg')).sort();
  return Promise.all(
    names.slice(0, FRAME_COUNT).map(async (name): Promise<Frame> => {
      const values = new Float32Array(2 * SIDE * SIDE);
      for (const [channel, file] of [name, name.replace('_test', '_template')].entries()) {
        const { data } = jpeg.decode(await readFile(join(PCB_DIR, 'images', file)), { useTArray: true });
        for (let at = 0; at < SIDE * SIDE; at += 1) values[channel * SIDE * SIDE + at] = (data[at * 4] ?? 0) / 255;
      }
      return { model: MODEL, inputs: [{ name: 'pair', shape: [1, 2, SIDE, SIDE], datatype: 'FP32', values }] };
    }),
  );
}
