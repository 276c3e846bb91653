import type { TensorDatatype } from '#contracts/bundle.ts';

/** `TensorProto.DataType` (onnx.proto) in Open Inference Protocol spelling; numbers that are absent have no name there. */
export const PROTO_DATATYPES: Readonly<Record<number, TensorDatatype>> = {
  1: 'FP32',
  2: 'UINT8',
  3: 'INT8',
  4: 'UINT16',
  5: 'INT16',
  6: 'INT32',
  7: 'INT64',
  8: 'BYTES',
  9: 'BOOL',
  10: 'FP16',
  11: 'FP64',
  12: 'UINT32',
  13: 'UINT64',
  16: 'BF16',
};

/** The `TensorProto.DataType` number of a datatype. */
export function protoDatatypeNumber(datatype: TensorDatatype): number {
  return Number(Object.entries(PROTO_DATATYPES).find(([, name]) => name === datatype)?.[0]);
}
