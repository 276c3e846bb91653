import type { TensorDatatype } from '#contracts/bundle.ts';
import { AppError, MIB } from '#core/base/index.ts';
import { ProtoStreamReader, ProtoWriter, type MessageShape } from '#core/protobuf/index.ts';
import { dataTypeNumber, dataTypeOf } from './data-types.ts';
import { ONNX_LIMITS } from './limits.ts';
import { bytesOf, childrenOf, integersOf, textOf, TreeBuilder, type Message } from './tree.ts';

/** A tensor with its values, as golden vectors carry it. */
export interface Tensor {
  readonly name: string;
  readonly datatype: TensorDatatype;
  readonly shape: readonly number[];
  /** Elements in little-endian order without gaps. */
  readonly data: Uint8Array;
}

/** A golden vector larger than this belongs into a dataset, not into a smoke test. */
const TENSOR_LIMIT_BYTES = 64 * MIB;

const GOLDEN_TENSOR: MessageShape = {
  name: 'Tensor',
  fields: {
    1: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    2: { read: 'varints', keep: 1 },
    4: { read: 'bytes', keep: TENSOR_LIMIT_BYTES },
    7: { read: 'varints', keep: 1_000_000 },
    8: { read: 'text', keep: ONNX_LIMITS.nameBytes },
    9: { read: 'bytes', keep: TENSOR_LIMIT_BYTES },
    10: { read: 'bytes', keep: TENSOR_LIMIT_BYTES },
    13: { read: 'message', of: () => ({ name: 'StringStringEntry', fields: {} }) },
  },
};

/** Untrusted: reads a TensorProto (ONNX test-data format, `input_N.pb`). INPUT_MALFORMED or INPUT_TOO_LARGE. */
export function decodeTensor(bytes: Uint8Array): Tensor {
  if (bytes.length > TENSOR_LIMIT_BYTES)
    throw new AppError('INPUT_TOO_LARGE', 'a golden vector is larger than 64 MiB', { foundBytes: bytes.length });
  const tree = new TreeBuilder('Tensor');
  const reader = new ProtoStreamReader(GOLDEN_TENSOR, tree, {
    depth: 3,
    fields: 2_000_000,
    keptBytes: TENSOR_LIMIT_BYTES,
  });
  reader.push(bytes);
  reader.end();
  return tensorOf(tree.root);
}

function tensorOf(message: Message): Tensor {
  const name = textOf(message, 8);
  if (childrenOf(message, 13).length > 0) throw malformed(name, 'it points to external data');
  const type = dataTypeOf(Number(integersOf(message, 2).at(-1) ?? 0));
  if (type?.datatype === undefined || type.datatype === null || type.datatype === 'BYTES')
    throw malformed(name, 'its data type is not supported');
  const shape = integersOf(message, 1).map(Number);
  if (shape.length > ONNX_LIMITS.rank || shape.some((dim) => !Number.isSafeInteger(dim) || dim < 0))
    throw malformed(name, 'its dimensions are not valid');
  const data = dataOf(message, type.datatype);
  const expected = (shape.reduce((product, dim) => product * dim, 1) * type.bits) / 8;
  if (data.length !== expected)
    throw malformed(name, `its dimensions need ${String(expected)} bytes, it has ${String(data.length)}`);
  return { name, datatype: type.datatype, shape, data };
}

function dataOf(message: Message, datatype: TensorDatatype): Uint8Array {
  const raw = bytesOf(message, 9);
  if (raw !== undefined) return raw.head;
  if (datatype === 'FP32') return bytesOf(message, 4)?.head ?? new Uint8Array();
  if (datatype === 'FP64') return bytesOf(message, 10)?.head ?? new Uint8Array();
  if (datatype === 'INT64') return new Uint8Array(BigInt64Array.from(integersOf(message, 7).map(BigInt)).buffer);
  return new Uint8Array();
}

/** Writes a TensorProto with raw data. */
export function encodeTensor(tensor: Tensor): Uint8Array<ArrayBuffer> {
  return tensorMessage(tensor).finish();
}

/** The message form, for initialisers. */
export function tensorMessage(tensor: Tensor): ProtoWriter {
  const writer = new ProtoWriter();
  for (const dim of tensor.shape) writer.varint(1, dim);
  return writer.varint(2, dataTypeNumber(tensor.datatype)).string(8, tensor.name).bytes(9, tensor.data);
}

/** A float tensor from plain numbers. */
export function floatTensor(name: string, shape: readonly number[], values: readonly number[] | Float32Array): Tensor {
  const floats = Float32Array.from(values);
  return { name, datatype: 'FP32', shape, data: new Uint8Array(floats.buffer) };
}

/** The values of an FP32 tensor. */
export function floatsOf(tensor: Tensor): Float32Array {
  if (tensor.datatype !== 'FP32')
    throw new AppError('INPUT_MALFORMED', `${tensor.name} holds ${tensor.datatype}, not FP32`, { name: tensor.name });
  // A copy, because a view needs an offset that is a multiple of four.
  return new Float32Array(tensor.data.slice().buffer);
}

function malformed(name: string, why: string): AppError {
  return new AppError('INPUT_MALFORMED', `tensor ${JSON.stringify(name)}: ${why}`, { name });
}
