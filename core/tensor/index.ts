export { compareTensors, type Comparison } from './compare.ts';
export {
  allocate,
  bfloatToNumber,
  elementBytes,
  elementCount,
  fromBytes,
  halfToNumber,
  toNumbers,
} from './datatype.ts';
export type { Tensor, TensorData } from './ports.ts';
export { PROTO_DATATYPES, protoDatatypeNumber } from './proto-datatypes.ts';
export { readTensorProto } from './read-tensor-proto.ts';
