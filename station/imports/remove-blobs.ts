import type { Digest } from '#core/base/index.ts';
import { removableBlobs, type ImportRecord } from '#core/imports/index.ts';
import type { ImportDeps } from './import-ports.ts';
import type { ImportRecords } from './import-records.ts';

/** Leaves the store as it was before this import, but for what somebody else needs. Safe to repeat. */
export async function removeBlobs(
  deps: Pick<ImportDeps, 'blobs' | 'bundles'>,
  records: ImportRecords,
  record: ImportRecord,
): Promise<void> {
  const needed = new Set<Digest>(deps.bundles.neededBlobs());
  for (const other of records.list()) {
    if (other.id === record.id || other.state === 'refused' || other.state === 'rejected') continue;
    for (const blob of other.blobs) needed.add(blob.digest);
  }
  for (const digest of removableBlobs(record, needed)) await deps.blobs.delete(digest);
  records.cleanups.delete(record.id);
}
