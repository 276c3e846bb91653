import type { Finding } from '#core/base/index.ts';
import { dataTypeOf } from '../data-types.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { ModelView, TensorView } from '../model-view.ts';
import { allTensors } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Dimensions must be whole, must not overflow, and must describe exactly the bytes that are there. */
export function checkTensors(model: ModelView): Finding[] {
  const findings: Finding[] = [];
  for (const { tensor, path } of allTensors(model)) {
    const fault = faultOf(tensor);
    if (fault !== null) findings.push(onnxFinding('ONNX_TENSOR_SHAPE', path, fault));
  }
  return findings;
}

function faultOf(tensor: TensorView): string | null {
  const { dims } = tensor;
  if (dims.length > ONNX_LIMITS.rank) return `It has more than ${String(ONNX_LIMITS.rank)} dimensions.`;
  if (dims.some((dim) => dim < 0)) return `Its dimensions are ${dims.join('×')}.`;
  const type = dataTypeOf(tensor.dataType);
  if (type === undefined) return `Its data type ${String(tensor.dataType)} is unknown.`;
  const elements = dims.reduce<number>((product, dim) => product * Number(dim), 1);
  if (elements > ONNX_LIMITS.elements) return `Its dimensions are ${dims.join('×')}.`;
  if (tensor.isExternal) return null;
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
