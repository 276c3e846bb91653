export { zstdDeltaCodec } from './zstd-delta-codec.ts';
export { planDeltaSet, type Carriage, type DeltaSet, type DeltaSetInput } from './plan-delta-set.ts';
