import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { TensorDatatype } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import type { Tensor, TensorData } from '#core/tensor/ports.ts';
import type { OnnxRuntime } from './runtime.ts';

const TO_ORT: Readonly<Partial<Record<TensorDatatype, OrtTensor.Type>>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};

const FROM_ORT: ReadonlyMap<string, TensorDatatype> = new Map(
  Object.entries(TO_ORT).map(([datatype, type]) => [type, datatype as TensorDatatype]),
);

/** The element type of an ONNX Runtime name such as `float32`. */
export function datatypeOf(type: string): TensorDatatype {
  const datatype = FROM_ORT.get(type);
  if (datatype === undefined)
    throw new AppError('BENCHMARK_RUNTIME_MISSING', `element type ${type} has no form in the inference protocol`, {
      type,
    });
  return datatype;
}

export function toOrt(runtime: OnnxRuntime, tensor: Tensor): OrtTensor {
  const type = TO_ORT[tensor.datatype];
  if (type === undefined)
    throw new AppError('INFERENCE_INPUT_INVALID', `element type ${tensor.datatype} is not supported by this runtime`, {
      datatype: tensor.datatype,
    });
  // The overloads of Tensor pair each type with its own array; the table above did that already.
  const data: OrtTensor.DataType = isText(tensor.data) ? [...tensor.data] : tensor.data;
  return new runtime.Tensor(type, data, [...tensor.shape]);
}

export function fromOrt(name: string, tensor: OrtTensor): Tensor {
  const data: unknown = tensor.data;
  return { name, datatype: datatypeOf(tensor.type), shape: [...tensor.dims], data: plainData(data) };
}

function isText(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}

/** Half floats arrive as Float16Array where the engine has it; on the wire they are bits. */
function plainData(data: unknown): TensorData {
  if (ArrayBuffer.isView(data) && data.constructor.name === 'Float16Array')
    return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return data as TensorData;
}
