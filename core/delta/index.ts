export {
  blockCount,
  createPatchHeader,
  DICTIONARY_LIMIT_BYTES,
  parsePatchHeader,
  patchHeaderBytes,
  type PatchBlock,
  type PatchHeader,
  type PatchMethod,
} from './patch-format.ts';
export { xorInto } from './xor.ts';
