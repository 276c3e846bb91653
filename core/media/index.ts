export { sourceBundleOf } from './bundle-closure.ts';
export { checkMediaSet, type MediaCheck, type NamedStick } from './check-media-set.ts';
export { withContainedVolumes, type ContainedKind } from './contained-volumes.ts';
export { assertBasesHere, planDelta, type DeltaPlan } from './delta-plan.ts';
export { MEDIA_SET_PREDICATE, type IndexSignature, type IndexTrust } from './index-signature.ts';
export { layoutInspector, openVolumeLayout, type VolumeLayout } from './inspect-layout.ts';
export { checkMediaIndex, MEDIA_LIMITS, parseMediaIndex } from './parse-index.ts';
export {
  areCutsOf,
  layParts,
  planMediaSet,
  type MediaSetLimits,
  type PartCut,
  type PlannedPart,
  type SizedBlob,
} from './plan-media-set.ts';
export { assertFits, shortage, type NeededFile, type Shortage } from './preflight.ts';
export { partsFor, planRestore, type RestoreInput, type RestorePlan, type RestoreStep } from './plan-restore.ts';
export { bytesIn, subtractRanges, type ByteRange } from './ranges.ts';
export { impostors, type NamedMedium } from './same-set.ts';
export { createSetReader } from './set-reader.ts';
export { unsealedReader, type OpenSealed } from './unsealed-reader.ts';
export {
  bundleBytes,
  CHUNK_BYTES,
  sourceOfMediaSet,
  type SourceBundle,
  type SourcePart,
  type SourceSet,
} from './source-set.ts';
export { visibleText } from './visible-text.ts';
export {
  describeMedium,
  describeStamp,
  inspectMedium,
  inspectParts,
  type LayoutInspector,
  type MediumContents,
  type MediumDescription,
} from './inspect-medium.ts';
