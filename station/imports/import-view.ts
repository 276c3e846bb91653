import type { ImportView } from '#contracts/media.ts';
import type { ImportRecord } from '#core/imports/index.ts';
import { visibleText } from '#core/media/index.ts';

/** What the page sees of an import: hostile text from the medium is made visible. */
export function toImportView(record: ImportRecord): ImportView {
  const {
    id,
    state,
    volumeId,
    bundleDigest,
    model,
    version,
    totalBytes,
    copiedBytes,
    jobId,
    verdict,
    error,
    missingParts,
  } = record;
  const { startedBy, decidedBy, decisionReason, createdAt, updatedAt } = record;
  return {
    id,
    state,
    volumeId,
    bundleDigest,
    model,
    version,
    totalBytes,
    copiedBytes,
    jobId,
    verdict,
    error,
    missingParts,
    startedBy,
    decidedBy,
    decisionReason,
    createdAt,
    updatedAt,
    volumeLabel: visibleText(record.volumeLabel),
    volumeSerial: record.volumeSerial === null ? null : visibleText(record.volumeSerial),
    title: visibleText(record.title, 256),
  };
}
