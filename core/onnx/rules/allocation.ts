import type { Finding } from '#core/base/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { NodeView } from '../model-view.ts';
import { asShape, type Constants, type FixedNumbers } from './constants.ts';
import { onnxFinding } from './finding.ts';

/** Which input of an operator says how large its output is. */
const SHAPE_INPUTS: Readonly<Record<string, readonly number[]>> = {
  ConstantOfShape: [0],
  Expand: [1],
  Tile: [1],
  Resize: [2, 3],
  Upsample: [1],
  CenterCropPad: [1],
  MaxUnpool: [2],
  AffineGrid: [1],
};

/** Which input is one size, or a list of margins: each number alone must be sane. */
const SIZE_INPUTS: Readonly<Record<string, readonly number[]>> = {
  OneHot: [1],
  Pad: [1],
  HannWindow: [0],
  HammingWindow: [0],
  BlackmanWindow: [0],
  DFT: [1],
  STFT: [1, 3],
  MelWeightMatrix: [0, 1],
};

/** Attributes that are a shape, and those whose every number is a size. */
const SHAPE_ATTRIBUTES: ReadonlySet<string> = new Set(['shape', 'output_shape']);
const SIZE_ATTRIBUTES: ReadonlySet<string> = new Set(['pads', 'output_padding', 'sample_size', 'repeats', 'tiles']);

/** Tensors that fill the memory of a gateway, as far as the file itself fixes their size. */
export function* checkAllocation(node: NodeView, constants: Constants, path: string): Generator<Finding> {
  for (const elements of sizesOf(node, constants)) {
    if (elements > ONNX_LIMITS.elements)
      yield onnxFinding('ONNX_HUGE_ALLOCATION', path, `It has ${elements.toExponential(2)} elements.`);
  }
}

function* sizesOf(node: NodeView, constants: Constants): Generator<number> {
  const input = (index: number): FixedNumbers | undefined => constants.get(node.inputs[index] ?? '');
  const op = node.opType;
  for (const index of ownRow(SHAPE_INPUTS, op)) yield elementsOf(input(index));
  for (const index of ownRow(SIZE_INPUTS, op)) yield input(index)?.largest ?? 0;
  if (op === 'Range') yield rangeLength(input(0), input(1), input(2));
  for (const { name, integers } of node.attributes) {
    if (integers.length === 0) continue;
    if (SHAPE_ATTRIBUTES.has(name)) yield elementsOf(asShape(integers));
    else if (SIZE_ATTRIBUTES.has(name)) yield asShape(integers).largest;
  }
}

function ownRow(table: Readonly<Record<string, readonly number[]>>, op: string): readonly number[] {
  return Object.hasOwn(table, op) ? (table[op] ?? []) : [];
}

function elementsOf(shape: FixedNumbers | undefined): number {
  if (shape === undefined) return 0;
  // No runtime has so many dimensions: the numbers behind the first ones are there not to be seen.
  return shape.count > ONNX_LIMITS.rank ? Number.POSITIVE_INFINITY : shape.product;
}

function rangeLength(
  start: FixedNumbers | undefined,
  limit: FixedNumbers | undefined,
  delta: FixedNumbers | undefined,
): number {
  if (limit === undefined) return 0;
  const from = start ?? { largest: 0, smallest: 0 };
  const span = Math.max(limit.largest - from.smallest, from.largest - limit.smallest);
  return span / Math.max(1, Math.abs(delta?.smallest ?? 1));
}
