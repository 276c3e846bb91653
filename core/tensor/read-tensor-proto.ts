import type { TensorDatatype } from '#contracts/bundle.ts';
import { elementBytes, elementCount, fromBytes } from './datatype.ts';
import type { Tensor, TensorData } from './ports.ts';
import { PROTO_DATATYPES } from './proto-datatypes.ts';
import { WireCursor } from './wire-cursor.ts';
import { malformed } from './malformed.ts';

/** Field numbers of `TensorProto`. */
const FIELD = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;

const MAX_DIMENSIONS = 8;
const MAX_ELEMENTS = 2 ** 28;

interface RawTensor {
  dims: bigint[];
  dataType: number;
  name: string;
  raw: Uint8Array | null;
  floats: number[];
  doubles: number[];
  integers: bigint[];
  strings: string[];
}

/**
 * Reads the ONNX test-data form (`input_N.pb`): one TensorProto. Untrusted: `bytes` come from a bundle.
 * Throws ONNX_MALFORMED for anything that is not one whole tensor with its data inside.
 */
export function readTensorProto(bytes: Uint8Array): Tensor {
  const raw = readFields(bytes);
  const datatype = PROTO_DATATYPES[raw.dataType];
  if (datatype === undefined) throw malformed(`element type ${String(raw.dataType)} is not supported`);
  if (raw.dims.length > MAX_DIMENSIONS || raw.dims.some((size) => size < 0n || size > BigInt(MAX_ELEMENTS)))
    throw malformed('dimensions out of range');
  const shape = raw.dims.map(Number);
  const count = elementCount(shape);
  if (count > MAX_ELEMENTS) throw malformed('more elements than a golden vector may have');
  return { name: raw.name, datatype, shape, data: elementsOf(raw, datatype, count) };
}

function elementsOf(raw: RawTensor, datatype: TensorDatatype, count: number): TensorData {
  const data =
    raw.raw !== null && datatype !== 'BYTES'
      ? fromBytes(datatype, wholeElements(raw.raw, datatype))
      : typedElements(raw, datatype);
  if (data.length !== count) throw malformed(`shape needs ${String(count)} elements, data has ${String(data.length)}`);
  return data;
}

function wholeElements(bytes: Uint8Array, datatype: TensorDatatype): Uint8Array {
  if (bytes.length % (elementBytes(datatype) ?? 1) !== 0) throw malformed('raw data ends inside an element');
  return bytes;
}

/** The typed fields that writers use instead of `raw_data`; small types travel in `int32_data`. */
function typedElements(raw: RawTensor, datatype: TensorDatatype): TensorData {
  switch (datatype) {
    case 'BYTES':
      return raw.strings;
    case 'FP32':
      return Float32Array.from(raw.floats);
    case 'FP64':
      return Float64Array.from(raw.doubles);
    case 'INT64':
      return BigInt64Array.from(raw.integers);
    case 'UINT64':
      return BigUint64Array.from(raw.integers);
    case 'UINT32':
      return Uint32Array.from(raw.integers, Number);
    case 'INT32':
      return Int32Array.from(raw.integers, (value) => Number(BigInt.asIntN(32, value)));
    case 'INT16':
      return Int16Array.from(raw.integers, (value) => Number(BigInt.asIntN(16, value)));
    case 'INT8':
      return Int8Array.from(raw.integers, (value) => Number(BigInt.asIntN(8, value)));
    case 'UINT16':
    case 'FP16':
    case 'BF16':
      return Uint16Array.from(raw.integers, Number);
    case 'BOOL':
    case 'UINT8':
      return Uint8Array.from(raw.integers, Number);
  }
}

function readFields(bytes: Uint8Array): RawTensor {
  const tensor: RawTensor = {
    dims: [],
    dataType: 0,
    name: '',
    raw: null,
    floats: [],
    doubles: [],
    integers: [],
    strings: [],
  };
  const cursor = new WireCursor(bytes);
  while (!cursor.atEnd) {
    const tag = Number(cursor.varint());
    takeField(tensor, cursor, { field: Math.floor(tag / 8), wire: tag % 8 });
  }
  return tensor;
}

function takeField(tensor: RawTensor, cursor: WireCursor, { field, wire }: { field: number; wire: number }): void {
  switch (field) {
    case FIELD.dims:
      for (const value of cursor.varints(wire)) tensor.dims.push(BigInt.asIntN(64, value));
      return;
    case FIELD.dataType:
      tensor.dataType = Number(cursor.varint());
      return;
    case FIELD.name:
      tensor.name = new TextDecoder().decode(cursor.bytes());
      return;
    case FIELD.rawData:
      tensor.raw = cursor.bytes();
      return;
    case FIELD.stringData:
      tensor.strings.push(new TextDecoder().decode(cursor.bytes()));
      return;
    case FIELD.floatData:
      for (const value of cursor.fixed(wire, 4)) tensor.floats.push(value);
      return;
    case FIELD.doubleData:
      for (const value of cursor.fixed(wire, 8)) tensor.doubles.push(value);
      return;
    case FIELD.int32Data:
    case FIELD.int64Data:
    case FIELD.uint64Data:
      for (const value of cursor.varints(wire)) tensor.integers.push(value);
      return;
    case FIELD.externalData:
    case FIELD.dataLocation:
      throw malformed('data outside the file is never followed');
    default:
      cursor.skip(wire);
  }
}
