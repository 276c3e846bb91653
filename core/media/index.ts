export { sourceBundleOf } from './bundle-closure.ts';
export { layoutInspector } from './inspect-layout.ts';
export { checkMediaIndex, MEDIA_LIMITS, parseMediaIndex } from './parse-index.ts';
export { planMediaSet, type MediaSetLimits, type PlannedPart, type SizedBlob } from './plan-media-set.ts';
export { partsFor, planRestore, type RestoreInput, type RestorePlan, type RestoreStep } from './plan-restore.ts';
export { bytesIn, type ByteRange } from './ranges.ts';
export { createSetReader } from './set-reader.ts';
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
