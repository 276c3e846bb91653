export { type MadeBlob } from './blob.ts';
export { closureBytes } from './closure.ts';
export { parseDocument, readBytes, readDocument, type Read } from './document.ts';
export { findingOf, findingOfReadError } from './finding.ts';
export {
  checkLayoutMarker,
  LAYOUT_MARKER,
  layoutIndexText,
  listedBundles,
  parseLayoutIndex,
  type ListedBundle,
} from './layout-index.ts';
export { findLayoutReferrers } from './layout-referrers.ts';
export { BUNDLE_LIMITS } from './limits.ts';
export type {
  Adopted,
  AdoptedFile,
  GoldenCase,
  LoadedBundle,
  LoadedReferrer,
  LoadedVariant,
  ReferrerKind,
} from './loaded.ts';
export { isSafePath } from './names.ts';
export { packBundle, packContent, type PackedBundle } from './pack-bundle.ts';
export { readBundle, type BundleRead, type Heading } from './read-bundle.ts';
export { packReferrer, type PackedReferrer } from './referrer.ts';
export { pathsOf, type ContentSpec, type SpecFile, type SpecFiles } from './spec-files.ts';
export { predicateTypeOf, selectBundle, unsignedStatements } from './attach.ts';
