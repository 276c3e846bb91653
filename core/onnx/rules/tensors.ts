import type { Finding } from '#core/base/index.ts';
import type { VarintValue } from '#core/protobuf/index.ts';
import { dataTypeOf } from '../data-types.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { ModelView, TensorView } from '../model-view.ts';
import { allSparse, allTensors } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Dimensions must be whole, must not overflow, and must describe exactly the bytes that are there. */
export function* checkTensors(model: ModelView): Generator<Finding> {
  for (const { tensor, path } of allTensors(model)) {
    const fault = faultOf(tensor);
    if (fault !== null) yield onnxFinding('ONNX_TENSOR_SHAPE', path, fault);
  }
  for (const { dims, path } of allSparse(model)) {
    // A sparse tensor of one value is spread out to its whole shape when it is loaded.
    const fault = dimsFault(dims);
    if (fault !== null) yield onnxFinding('ONNX_TENSOR_SHAPE', path, fault);
  }
}

function faultOf(tensor: TensorView): string | null {
  const { dims } = tensor;
  const fault = dimsFault(dims);
  if (fault !== null) return fault;
  const type = dataTypeOf(tensor.dataType);
  if (type === undefined) return `Its data type ${String(tensor.dataType)} is unknown.`;
  const elements = dims.reduce<number>((product, dim) => product * Number(dim), 1);
  if (tensor.isExternal)
    return tensor.rawBytes === null && tensor.typedCount === 0 ? null : 'It holds data and names other data as well.';
  if (tensor.rawBytes !== null && tensor.typedCount > 0) return 'It holds its data twice.';
  if (tensor.rawBytes !== null) {
    const expected = Math.ceil((elements * type.bits) / 8);
    return tensor.rawBytes === expected
      ? null
      : `Its dimensions need ${String(expected)} bytes, the file has ${String(tensor.rawBytes)}.`;
  }
  return typedCountFits(tensor.typedCount, elements, type.bits)
    ? null
    : `Its dimensions need ${String(elements)} values, the file has ${String(tensor.typedCount)}.`;
}

/** Complex numbers are stored as two values; numbers under a byte share one. */
function typedCountFits(found: number, elements: number, bits: number): boolean {
  if (found === elements) return true;
  if (bits === 128 || bits === 64) return found === elements * 2;
  return bits > 0 && bits < 8 && found === Math.ceil((elements * bits) / 8);
}

/** A zero dimension does not excuse the others: runtimes multiply before they look. */
function dimsFault(dims: readonly VarintValue[]): string | null {
  if (dims.length > ONNX_LIMITS.rank) return `It has more than ${String(ONNX_LIMITS.rank)} dimensions.`;
  const product = dims.reduce<number>((so, dim) => so * Math.max(1, Number(dim)), 1);
  return dims.some((dim) => dim < 0) || product > ONNX_LIMITS.elements ? `Its dimensions are ${dims.join('×')}.` : null;
}
