export { zstdDeltaCodec } from './zstd-delta-codec.ts';
export { encodePatch, type EncodedPatch, type PatchSource } from './encode-patch.ts';
export { planDeltaSet, type Carriage, type DeltaSet, type DeltaSetInput } from './plan-delta-set.ts';
