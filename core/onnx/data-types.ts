import type { TensorDatatype } from '#contracts/bundle.ts';

/** TensorProto.DataType numbers, with the bits of one element and the name that Open Inference Protocol v2 uses (none: no name there). */
interface DataType {
  readonly bits: number;
  readonly datatype: TensorDatatype | null;
}

const DATA_TYPES: Readonly<Record<number, DataType>> = {
  1: { bits: 32, datatype: 'FP32' },
  2: { bits: 8, datatype: 'UINT8' },
  3: { bits: 8, datatype: 'INT8' },
  4: { bits: 16, datatype: 'UINT16' },
  5: { bits: 16, datatype: 'INT16' },
  6: { bits: 32, datatype: 'INT32' },
  7: { bits: 64, datatype: 'INT64' },
  8: { bits: 0, datatype: 'BYTES' },
  9: { bits: 8, datatype: 'BOOL' },
  10: { bits: 16, datatype: 'FP16' },
  11: { bits: 64, datatype: 'FP64' },
  12: { bits: 32, datatype: 'UINT32' },
  13: { bits: 64, datatype: 'UINT64' },
  14: { bits: 64, datatype: null },
  15: { bits: 128, datatype: null },
  16: { bits: 16, datatype: 'BF16' },
  17: { bits: 8, datatype: null },
  18: { bits: 8, datatype: null },
  19: { bits: 8, datatype: null },
  20: { bits: 8, datatype: null },
  21: { bits: 4, datatype: null },
  22: { bits: 4, datatype: null },
  23: { bits: 4, datatype: null },
  24: { bits: 8, datatype: null },
  25: { bits: 2, datatype: null },
  26: { bits: 2, datatype: null },
};

export function dataTypeOf(number: number): DataType | undefined {
  return DATA_TYPES[number];
}

/** The TensorProto number of a contract datatype. */
export function dataTypeNumber(datatype: TensorDatatype): number {
  const entry = Object.entries(DATA_TYPES).find(([, type]) => type.datatype === datatype);
  return Number(entry?.[0]);
}
