import type { ImportReads, ImportView } from '#contracts/media.ts';
import { carriedBlobs, readsBySticks, type ImportRecord, type ReadJournal } from '#core/imports/index.ts';
import { bytesIn, subtractRanges, visibleText, type ByteRange } from '#core/media/index.ts';

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

/** Which bytes came from which stick, with hostile text made visible. */
export function toImportReads(record: ImportRecord, journal: ReadJournal): ImportReads {
  const sticks = readsBySticks(journal).map(({ volumeId, label, serial, bytes }) => ({
    label: visibleText(label),
    serial: serial === null ? null : visibleText(serial),
    bytes,
    parts: journal.entries
      .filter((entry) => entry.volumeId === volumeId)
      .map(({ part, stick, ranges, isCoarse }) => ({ name: visibleText(part), stick, ranges, isCoarse })),
  }));
  return { sticks, unnotedBytes: unnotedBytes(record, journal) };
}

/** Only told when the copy is complete: before that, what is missing was simply not read yet. */
function unnotedBytes(record: ImportRecord, journal: ReadJournal): number {
  if (record.copiedBytes < record.totalBytes) return 0;
  const added = new Set(record.added);
  const brought = carriedBlobs(record).reduce((sum, blob) => sum + (added.has(blob.digest) ? blob.sizeBytes : 0), 0);
  return Math.max(0, brought - journal.unlistedBytes - distinctBytes(journal));
}

/** A range that two sticks gave counts once. */
function distinctBytes({ entries }: ReadJournal): number {
  const byPart = new Map<string, ByteRange[]>();
  for (const { part, ranges } of entries) {
    const known = byPart.get(part) ?? [];
    const fresh = ranges.flatMap((range) => subtractRanges(range, known));
    byPart.set(
      part,
      [...known, ...fresh].sort((a, b) => a.start - b.start),
    );
  }
  return [...byPart.values()].reduce((sum, ranges) => sum + bytesIn(ranges), 0);
}
