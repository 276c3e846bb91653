import { floatTensor, writeModel, type NodeSpec } from '#core/onnx/index.ts';
import type { Tensor } from '#core/tensor/index.ts';
import { randomFrom } from './random.ts';
import { SIDE } from './surface-image.ts';

/** Cells along each side of the heat map: one for 4×4 pixels. */
export const CELLS = 16;

/**
 * A blob detector by hand: each pixel against the mean of its surroundings, the largest answer of each 4×4 cell, then a soft
 * threshold. The weights are whole numbers times one scale, so that the INT8 variant computes exactly the same.
 */
export interface DetectorTuning {
  /** Brightness difference that counts as a defect with probability one half. */
  readonly threshold: number;
  /** Steepness of the threshold. */
  readonly gain: number;
}

/** Versions of the sample detector. 1.1.0 sees fainter defects and is surer. */
export const TUNINGS = {
  '1.0.0': { threshold: 0.1, gain: 60 },
  '1.1.0': { threshold: 0.08, gain: 90 },
} as const satisfies Record<string, DetectorTuning>;

const KERNEL = 7;
const CENTRE = 3;
/** 1/360 makes centre minus surround sum to zero with whole weights: 9 × 40 and 40 × −9. */
const KERNEL_SCALE = 1 / 360;
const CENTRE_WEIGHT = 40;
const SURROUND_WEIGHT = -9;

/** Whole-number weights of the centre-surround kernel. */
function kernelWeights(): number[] {
  const first = (KERNEL - CENTRE) / 2;
  const isCentre = (at: number): boolean => at >= first && at < first + CENTRE;
  return Array.from({ length: KERNEL * KERNEL }, (_, at) =>
    isCentre(at % KERNEL) && isCentre(Math.floor(at / KERNEL)) ? CENTRE_WEIGHT : SURROUND_WEIGHT,
  );
}

const IMAGE = { name: 'image', datatype: 'FP32', shape: ['N', 1, SIDE, SIDE] } as const;
const HEATMAP = { name: 'heatmap', datatype: 'FP32', shape: ['N', 1, CELLS, CELLS] } as const;
const CONV: NonNullable<NodeSpec['attributes']> = { kernel_shape: { ints: [KERNEL, KERNEL] } };

/** Edge pixels are repeated outwards: zeros around the image would look like a dark frame, and every border like a defect. */
const PAD: NodeSpec = {
  op: 'Pad',
  inputs: ['image', 'margins'],
  outputs: ['padded'],
  attributes: { mode: { text: 'edge' } },
};
const MARGINS: Tensor = {
  name: 'margins',
  datatype: 'INT64',
  shape: [8],
  data: BigInt64Array.from([0n, 0n, 3n, 3n, 0n, 0n, 3n, 3n]),
};

function headNodes(response: string): NodeSpec[] {
  return [
    {
      op: 'MaxPool',
      inputs: [response],
      outputs: ['peak'],
      attributes: { kernel_shape: { ints: [4, 4] }, strides: { ints: [4, 4] } },
    },
    { op: 'Sub', inputs: ['peak', 'threshold'], outputs: ['above'] },
    { op: 'Mul', inputs: ['above', 'gain'], outputs: ['logit'] },
  ];
}

function tuningTensors({ threshold, gain }: DetectorTuning): Tensor[] {
  return [MARGINS, floatTensor('threshold', [], [threshold]), floatTensor('gain', [], [gain])];
}

function floatKernel(): Tensor {
  const weights = kernelWeights().map((weight) => Math.fround(weight * Math.fround(KERNEL_SCALE)));
  return floatTensor('kernel', [1, 1, KERNEL, KERNEL], weights);
}

/** The detector with 32-bit weights. */
export function detectorFp32(tuning: DetectorTuning): Uint8Array<ArrayBuffer> {
  return writeModel({
    producer: 'gantry-samples',
    opset: 17,
    graph: {
      name: 'surface-detector',
      nodes: [
        PAD,
        { op: 'Conv', inputs: ['padded', 'kernel'], outputs: ['response'], attributes: CONV },
        ...headNodes('response'),
        { op: 'Sigmoid', inputs: ['logit'], outputs: ['heatmap'] },
      ],
      inputs: [IMAGE],
      outputs: [HEATMAP],
      initialisers: [floatKernel(), ...tuningTensors(tuning)],
    },
  });
}

/** The same detector with 8-bit weights, widened by DequantizeLinear. */
export function detectorInt8(tuning: DetectorTuning): Uint8Array<ArrayBuffer> {
  const quantised: Tensor = {
    name: 'kernel_q',
    datatype: 'INT8',
    shape: [1, 1, KERNEL, KERNEL],
    data: Int8Array.from(kernelWeights()),
  };
  const zero: Tensor = { name: 'kernel_zero', datatype: 'INT8', shape: [], data: new Int8Array(1) };
  return writeModel({
    producer: 'gantry-samples',
    opset: 17,
    graph: {
      name: 'surface-detector-int8',
      nodes: [
        { op: 'DequantizeLinear', inputs: ['kernel_q', 'kernel_scale', 'kernel_zero'], outputs: ['kernel'] },
        PAD,
        { op: 'Conv', inputs: ['padded', 'kernel'], outputs: ['response'], attributes: CONV },
        ...headNodes('response'),
        { op: 'Sigmoid', inputs: ['logit'], outputs: ['heatmap'] },
      ],
      inputs: [IMAGE],
      outputs: [HEATMAP],
      initialisers: [quantised, floatTensor('kernel_scale', [], [KERNEL_SCALE]), zero, ...tuningTensors(tuning)],
    },
  });
}

const HEAVY_CHANNELS = 64;
const HEAVY_LAYERS = 80;
/** Small enough that the heavy branch never changes an answer within any tolerance, and no optimiser may drop it. */
const HEAVY_SHARE = 1e-12;

/**
 * A bad release: same contract, and golden vectors made with itself pass. It computes twenty-four billion operations for nothing, so
 * it misses its p99 objective, and its gain is so small that every cell stays near one half: never sure.
 */
export function detectorBad(seed: number): Uint8Array<ArrayBuffer> {
  const { nodes, tensors } = heavyBranch(seed);
  return writeModel({
    producer: 'gantry-samples',
    opset: 17,
    graph: {
      name: 'surface-detector-bad',
      nodes: [
        PAD,
        { op: 'Conv', inputs: ['padded', 'kernel'], outputs: ['response'], attributes: CONV },
        ...headNodes('response'),
        ...nodes,
        { op: 'Add', inputs: ['logit', 'burden'], outputs: ['burdened'] },
        { op: 'Sigmoid', inputs: ['burdened'], outputs: ['heatmap'] },
      ],
      inputs: [IMAGE],
      outputs: [HEATMAP],
      initialisers: [floatKernel(), ...tuningTensors(BAD_TUNING), ...tensors],
    },
  });
}

export const BAD_TUNING: DetectorTuning = { threshold: 0.05, gain: 0.5 };

/** Averaging kernels keep values between 0 and 1 through all layers: no overflow, no denormal numbers. */
function heavyBranch(seed: number): { nodes: NodeSpec[]; tensors: Tensor[] } {
  const random = randomFrom(seed + 31);
  const widen = Array.from({ length: HEAVY_CHANNELS }, () => 0.5 + random() / 2);
  const mix: number[] = [];
  for (let out = 0; out < HEAVY_CHANNELS; out += 1) {
    const row = Array.from({ length: HEAVY_CHANNELS * 9 }, () => random());
    const sum = row.reduce((total, weight) => total + weight, 0);
    mix.push(...row.map((weight) => weight / sum));
  }
  const layers = Array.from({ length: HEAVY_LAYERS }, (_, layer): NodeSpec => ({
    op: 'Conv',
    inputs: [`heavy${String(layer)}`, 'mix'],
    outputs: [`heavy${String(layer + 1)}`],
    attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
  }));
  return {
    nodes: [
      { op: 'Conv', inputs: ['image', 'widen'], outputs: ['heavy0'], attributes: { kernel_shape: { ints: [1, 1] } } },
      ...layers,
      {
        op: 'ReduceMean',
        inputs: [`heavy${String(HEAVY_LAYERS)}`],
        outputs: ['mean'],
        attributes: { axes: { ints: [1, 2, 3] }, keepdims: { int: 1 } },
      },
      { op: 'Mul', inputs: ['mean', 'share'], outputs: ['burden'] },
    ],
    tensors: [
      floatTensor('widen', [HEAVY_CHANNELS, 1, 1, 1], widen),
      floatTensor('mix', [HEAVY_CHANNELS, HEAVY_CHANNELS, 3, 3], mix),
      floatTensor('share', [], [HEAVY_SHARE]),
    ],
  };
}

/**
 * What a detector answers for one image, computed here: golden vectors must not depend on which machine made them.
 * A test compares it with ONNX Runtime.
 */
export function referenceHeatmap(pixels: Float32Array, tuning: DetectorTuning): Float32Array<ArrayBuffer> {
  const weights = kernelWeights();
  const heatmap = new Float32Array(CELLS * CELLS).fill(Number.NEGATIVE_INFINITY);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      let sum = 0;
      for (let at = 0; at < weights.length; at += 1) {
        const row = inside(y + Math.floor(at / KERNEL) - 3);
        const column = inside(x + (at % KERNEL) - 3);
        sum += (weights[at] ?? 0) * (pixels[row * SIDE + column] ?? 0);
      }
      const cell = Math.floor(y / 4) * CELLS + Math.floor(x / 4);
      heatmap[cell] = Math.max(heatmap[cell] ?? 0, sum * KERNEL_SCALE);
    }
  }
  return heatmap.map((peak) => 1 / (1 + Math.exp(-(peak - tuning.threshold) * tuning.gain)));
}

function inside(at: number): number {
  return Math.min(SIDE - 1, Math.max(0, at));
}
