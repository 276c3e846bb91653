import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodeTensor, floatTensor } from '#core/onnx/index.ts';
import {
  BAD_TUNING,
  CELLS,
  detectorBad,
  detectorFp32,
  detectorInt8,
  referenceHeatmap,
  TUNINGS,
  type DetectorTuning,
} from './detector.ts';
import { sensorSeries, toCsv } from './sensor-series.ts';
import { sampleSpec, SAMPLE_MODEL, type SampleVersion } from './specification.ts';
import { SIDE, surfaceImage, toPgm, type SurfaceImage } from './surface-image.ts';

export interface SampleOptions {
  readonly seed: number;
  /** Images of the line; 24 when absent. */
  readonly frames?: number;
}

/** One part in front of the camera, as the gateway's input. */
export interface SampleFrame {
  readonly model: string;
  readonly inputs: readonly [
    {
      readonly name: 'image';
      readonly shape: readonly number[];
      readonly datatype: 'FP32';
      readonly values: Float32Array<ArrayBuffer>;
    },
  ];
  readonly defects: SurfaceImage['defects'];
}

export interface Samples {
  /** Specifications for `bundle create`: first release, better release (with an INT8 variant), bad release. */
  readonly specs: { readonly first: string; readonly better: string; readonly bad: string };
  readonly frames: readonly SampleFrame[];
}

interface Release extends SampleVersion {
  readonly tuning: DetectorTuning;
  readonly models: readonly (readonly [file: string, bytes: Uint8Array])[];
  readonly card: string;
}

/** Writes everything that a demonstration needs, from a seed: models, golden vectors, images, a sensor series. Same seed, same bytes. */
export async function generateSamples(dir: string, { seed, frames = 24 }: SampleOptions): Promise<Samples> {
  const [first, better, bad] = await Promise.all(releasesOf(seed).map((release) => writeRelease(dir, release, seed)));
  const images = Array.from({ length: frames }, (_, index) => surfaceImage(seed, index));
  for (const [index, image] of images.entries())
    await put(join(dir, 'images', `part-${String(index).padStart(3, '0')}.pgm`), toPgm(image));
  await put(join(dir, 'spindle.csv'), toCsv(sensorSeries(seed, 480)));
  return { specs: { first: first ?? '', better: better ?? '', bad: bad ?? '' }, frames: images.map(frameOf) };
}

function releasesOf(seed: number): [Release, Release, Release] {
  const { '1.0.0': first, '1.1.0': better } = TUNINGS;
  return [
    {
      ...{ version: '1.0.0', sequence: 1, createdAt: '2026-01-05T08:00:00.000Z', tuning: first },
      variants: [
        { id: 'cpu-fp32', file: 'detector-1.0.0.onnx', precision: 'fp32' },
        { id: 'cpu-int8', file: 'detector-1.0.0-int8.onnx', precision: 'int8' },
      ],
      models: [
        ['detector-1.0.0.onnx', detectorFp32(first)],
        ['detector-1.0.0-int8.onnx', detectorInt8(first)],
      ],
      card: 'First release.',
    },
    {
      ...{ version: '1.1.0', sequence: 2, createdAt: '2026-02-02T08:00:00.000Z', tuning: better },
      variants: [
        { id: 'cpu-fp32', file: 'detector-1.1.0.onnx', precision: 'fp32' },
        { id: 'cpu-int8', file: 'detector-1.1.0-int8.onnx', precision: 'int8' },
      ],
      models: [
        ['detector-1.1.0.onnx', detectorFp32(better)],
        ['detector-1.1.0-int8.onnx', detectorInt8(better)],
      ],
      card: 'Sees fainter defects.',
    },
    {
      ...{ version: '1.2.0', sequence: 3, createdAt: '2026-03-02T08:00:00.000Z', tuning: BAD_TUNING },
      variants: [{ id: 'cpu-fp32', file: 'detector-1.2.0.onnx', precision: 'fp32' }],
      models: [['detector-1.2.0.onnx', detectorBad(seed)]],
      card: 'Deliberately bad: slow, and never sure. It exists to show that a gate stops it.',
    },
  ];
}

async function writeRelease(dir: string, release: Release, seed: number): Promise<string> {
  const { version, tuning } = release;
  for (const [file, bytes] of release.models) await put(join(dir, file), bytes);
  const spec = sampleSpec(release);
  for (const [at, golden] of spec.golden.entries()) {
    // Golden images lie before the frames of the line, so that no test image is a golden one.
    const { pixels } = surfaceImage(seed, -1 - at);
    await put(join(dir, golden.inputs[0] ?? ''), encodeTensor(floatTensor('image', [1, 1, SIDE, SIDE], pixels)));
    await put(
      join(dir, golden.outputs[0] ?? ''),
      encodeTensor(floatTensor('heatmap', [1, 1, CELLS, CELLS], referenceHeatmap(pixels, tuning))),
    );
  }
  await put(
    join(dir, spec.modelCard),
    `# ${SAMPLE_MODEL} ${version}\n\nFinds bright spots and scratches on ground metal, one probability for each 4×4 pixels.\n${release.card}\nThe images are made by a generator; no real part was seen.\n`,
  );
  const path = join(dir, `surface-detector-${version}.yaml`);
  // JSON is YAML: the specification needs no YAML writer.
  await put(path, `${JSON.stringify(spec, null, 2)}\n`);
  return path;
}

function frameOf(image: SurfaceImage): SampleFrame {
  return {
    model: SAMPLE_MODEL,
    inputs: [{ name: 'image', shape: [1, 1, SIDE, SIDE], datatype: 'FP32', values: image.pixels }],
    defects: image.defects,
  };
}

async function put(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
