import type { TensorDatatype } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import { elementBytes, elementCount, fromBytes } from './datatype.ts';
import type { Tensor, TensorData } from './ports.ts';

/** `TensorProto.DataType` (onnx.proto) in Open Inference Protocol spelling. */
const DATATYPES: Readonly<Record<number, TensorDatatype>> = {
  1: 'FP32', 2: 'UINT8', 3: 'INT8', 4: 'UINT16', 5: 'INT16', 6: 'INT32', 7: 'INT64', 8: 'BYTES', 9: 'BOOL', 10: 'FP16', 11: 'FP64', 12: 'UINT32', 13: 'UINT64', 16: 'BF16',
};

/** Field numbers of `TensorProto`. */
const FIELD = { dims: 1, dataType: 2, floatData: 4, int32Data: 5, stringData: 6, int64Data: 7, name: 8, rawData: 9, doubleData: 10, uint64Data: 11, externalData: 13, dataLocation: 14 } as const;

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
  const datatype = DATATYPES[raw.dataType];
  if (datatype === undefined) throw malformed(`element type ${String(raw.dataType)} is not supported`);
  if (raw.dims.length > MAX_DIMENSIONS || raw.dims.some((size) => size < 0n || size > BigInt(MAX_ELEMENTS))) throw malformed('dimensions out of range');
  const shape = raw.dims.map(Number);
  const count = elementCount(shape);
  if (count > MAX_ELEMENTS) throw malformed('more elements than a golden vector may have');
  return { name: raw.name, datatype, shape, data: elementsOf(raw, datatype, count) };
}

function elementsOf(raw: RawTensor, datatype: TensorDatatype, count: number): TensorData {
  const data = raw.raw !== null && datatype !== 'BYTES' ? fromBytes(datatype, wholeElements(raw.raw, datatype)) : typedElements(raw, datatype);
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
  const tensor: RawTensor = { dims: [], dataType: 0, name: '', raw: null, floats: [], doubles: [], integers: [], strings: [] };
  const cursor = new Cursor(bytes);
  while (!cursor.atEnd) {
    const tag = Number(cursor.varint());
    takeField(tensor, cursor, { field: Math.floor(tag / 8), wire: tag % 8 });
  }
  return tensor;
}

function takeField(tensor: RawTensor, cursor: Cursor, { field, wire }: { field: number; wire: number }): void {
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

/** Reads wire format front to back; every read checks that the bytes are there. */
class Cursor {
  private at = 0;
  private readonly source: Uint8Array;

  constructor(source: Uint8Array) {
    this.source = source;
  }

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.source[this.at];
      if (byte === undefined) break;
      this.at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed('a number is cut off');
  }

  bytes(): Uint8Array {
    const length = Number(this.varint());
    if (length > this.source.length - this.at) throw malformed('a field is cut off');
    const taken = this.source.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** Repeated integers, packed or one by one. */
  varints(wire: number): bigint[] {
    if (wire === 0) return [this.varint()];
    const packed = new Cursor(this.bytes());
    const values: bigint[] = [];
    while (!packed.atEnd) values.push(packed.varint());
    return values;
  }

  /** Repeated floats or doubles, packed or one by one. */
  fixed(wire: number, width: 4 | 8): number[] {
    const taken = wire === 2 ? this.bytes() : this.take(width);
    if (taken.length % width !== 0) throw malformed('a float is cut off');
    const view = new DataView(taken.buffer, taken.byteOffset, taken.byteLength);
    return Array.from({ length: taken.length / width }, (_, index) => (width === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true)));
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.take(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.take(4);
    else throw malformed(`wire type ${String(wire)} is not part of a tensor`);
  }

  private take(length: number): Uint8Array {
    if (length > this.source.length - this.at) throw malformed('a field is cut off');
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }
}

function malformed(message: string): AppError {
  return new AppError('ONNX_MALFORMED', `golden vector: ${message}`);
}
