import type { TensorDatatype } from '#contracts/bundle.ts';
import { elementBytes, PROTO_DATATYPES } from '#core/tensor/index.ts';

/** The bits of one element, and the datatype's name in a contract (none: a contract cannot express it). */
interface DataType {
  readonly bits: number;
  readonly datatype: TensorDatatype | null;
}

/** Bits of the `TensorProto.DataType` numbers that a contract cannot express: complex numbers and floats or integers below 16 bits. */
const UNNAMED_BITS: Readonly<Record<number, number>> = {
  14: 64,
  15: 128,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
  24: 8,
  25: 2,
  26: 2,
};

/** What a `TensorProto.DataType` number stands for. */
export function dataTypeOf(number: number): DataType | undefined {
  const datatype = PROTO_DATATYPES[number];
  // The elements of BYTES vary in length: no number of bits describes them.
  if (datatype !== undefined) return { bits: (elementBytes(datatype) ?? 0) * 8, datatype };
  const bits = UNNAMED_BITS[number];
  return bits === undefined ? undefined : { bits, datatype: null };
}
