export { checkMediaIndex, MEDIA_LIMITS, parseMediaIndex } from './parse-index.ts';
export { partName, planMediaSet, type MediaSetLimits, type PlannedPart, type SizedBlob } from './plan-media-set.ts';
export { partsFor, planRestore, type RestoreInput, type RestorePlan, type RestoreStep } from './plan-restore.ts';
export { bytesIn, subtractRanges, type ByteRange } from './ranges.ts';
export { createSetReader, partMissing } from './set-reader.ts';
export { bundleBytes, CHUNK_BYTES, sourceOfLayout, sourceOfMediaSet, type SourceBundle, type SourcePart, type SourceSet } from './source-set.ts';
export { visibleText } from './visible-text.ts';
export { blobsOf, describeMedium, describeStamp, inspectMedium, inspectParts, LAYOUT_INDEX, type LayoutInspector, type MediumContents, type MediumDescription } from './inspect-medium.ts';
