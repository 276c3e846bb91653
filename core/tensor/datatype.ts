import type { TensorDatatype } from '#contracts/bundle.ts';
import { assertNever } from '#core/base/index.ts';
import type { Tensor, TensorData } from './ports.ts';

/** Bytes of one element; null for BYTES, whose elements vary. */
export function elementBytes(datatype: TensorDatatype): number | null {
  switch (datatype) {
    case 'BOOL':
    case 'UINT8':
    case 'INT8':
      return 1;
    case 'UINT16':
    case 'INT16':
    case 'FP16':
    case 'BF16':
      return 2;
    case 'UINT32':
    case 'INT32':
    case 'FP32':
      return 4;
    case 'UINT64':
    case 'INT64':
    case 'FP64':
      return 8;
    case 'BYTES':
      return null;
    default:
      return assertNever(datatype, 'datatype');
  }
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Views little-endian bytes as elements; copies when the bytes do not lie on the element's boundary. Precondition: not BYTES. */
export function fromBytes(
  datatype: Exclude<TensorDatatype, 'BYTES'>,
  bytes: Uint8Array,
): Exclude<TensorData, readonly string[]> {
  const width = elementBytes(datatype) ?? 1;
  // Not slice(): a Node Buffer would hand out the same memory again.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  const length = Math.floor(aligned.byteLength / width);
  switch (datatype) {
    case 'BOOL':
    case 'UINT8':
      return new Uint8Array(buffer, byteOffset, length);
    case 'INT8':
      return new Int8Array(buffer, byteOffset, length);
    case 'UINT16':
    case 'FP16':
    case 'BF16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'INT16':
      return new Int16Array(buffer, byteOffset, length);
    case 'UINT32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'INT32':
      return new Int32Array(buffer, byteOffset, length);
    case 'UINT64':
      return new BigUint64Array(buffer, byteOffset, length);
    case 'INT64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'FP32':
      return new Float32Array(buffer, byteOffset, length);
    case 'FP64':
      return new Float64Array(buffer, byteOffset, length);
    default:
      return assertNever(datatype, 'datatype');
  }
}

/** Zeroed elements. */
export function allocate(datatype: TensorDatatype, count: number): TensorData {
  if (datatype === 'BYTES') return Array.from({ length: count }, () => '');
  return fromBytes(datatype, new Uint8Array(count * (elementBytes(datatype) ?? 1)));
}

/** Elements as numbers, for judging and comparing; text becomes NaN. Views without a copy where it can. */
export function toNumbers(tensor: Pick<Tensor, 'datatype' | 'data'>): ArrayLike<number> {
  const { data, datatype } = tensor;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, Number);
  if (isText(data)) return data.map(() => Number.NaN);
  if (datatype === 'FP16') return Array.from(data, halfToNumber);
  if (datatype === 'BF16') return Array.from(data, bfloatToNumber);
  return data;
}

function isText(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of an IEEE 754 binary32. */
export function bfloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
