export type { FieldRule, FieldValue, MessageShape, ProtoLimits, ProtoVisitor } from './shape.ts';
export { ProtoStreamReader, type ProtoFault } from './stream-reader.ts';
export { toInt64, type VarintValue } from './wire.ts';
export { ProtoWriter } from './writer.ts';
