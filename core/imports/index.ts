export { BundleRecord, VerifiedFacts, type Reverification } from './bundle-record.ts';
export { carriedBlobs, ImportRecord } from './import-record.ts';
export { createByteProgress } from './rate.ts';
export { noteRead, NOTHING_READ, ReadJournal, readsBySticks, type ReadEntry, type StickReads } from './read-journal.ts';
export { SourceRecord } from './source-record.ts';
export { assertSpace, assertStoreHolds, SPACE_MARGIN_BYTES } from './space.ts';
export {
  canHappen,
  evolveImport,
  isClosedImport,
  noteCopied,
  removableBlobs,
  type ImportEvent,
  type Medium,
} from './transitions.ts';
