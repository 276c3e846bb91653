import type { ImportView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import type { Digest } from '#core/base/index.ts';
import { assertSpace, assertStoreHolds, isClosedImport } from '#core/imports/index.ts';
import { createImportDecisions } from './import-decisions.ts';
import { createImportPlanning } from './import-planning.ts';
import type { ImportDeps } from './import-ports.ts';
import { createImportRecords, personActor } from './import-records.ts';
import { createImportReports } from './import-reports.ts';
import { toImportReads, toImportView } from './import-view.ts';
import { removeBlobs } from './remove-blobs.ts';
import { importJob, MEDIA_REMOVED } from './run-import.ts';
import type { ImportService } from './service.ts';
import { watchForMedia } from './watch-for-media.ts';

/** Imports run one after the other: they share the disk and may share blobs. */
const EXCLUSIVE = 'import';

/** The import use cases, and the watch that resumes waiting imports when their stick comes back. */
export interface RunningImports {
  readonly service: ImportService;
  /** Call after the jobs were registered and before they start. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createImportService(deps: ImportDeps): RunningImports {
  const records = createImportRecords(deps.store, deps.clock);
  deps.jobs.register(importJob(deps, records));
  const watch = watchForMedia(deps, records);
  const planning = createImportPlanning(deps);

  async function start(input: { volumeId: string; bundleDigest: Digest }, person: Person): Promise<ImportView> {
    const { medium, source, bundle } = await planning.choose(input);
    await planning.assertAgreement(source);
    const open = records
      .list()
      .find(
        (record) =>
          !isClosedImport(record.state) &&
          record.bundleDigest === bundle.digest &&
          record.indexDigest === source.indexDigest,
      );
    // Asking again for what already runs is asking to go on.
    if (open !== undefined) return open.state === 'awaiting-decision' ? toImportView(open) : resume(open.id, person);
    const absent = await planning.absentBlobs(bundle);
    assertStoreHolds(absent, await deps.blobs.limits());
    assertSpace(
      absent.reduce((sum, blob) => sum + blob.sizeBytes, 0),
      await deps.blobs.freeBytes(),
    );
    const record = await planning.newRecord(
      { medium, source, bundle },
      absent.map((blob) => blob.digest),
      person,
    );
    return toImportView(records.plan(record, source, personActor(person), () => enqueue(record.id)));
  }

  function enqueue(importId: string): string {
    return deps.jobs.enqueue({ kind: 'import', payload: { importId }, subject: importId, exclusiveKey: EXCLUSIVE });
  }

  async function resume(importId: string, person: Person): Promise<ImportView> {
    const record = records.require(importId);
    const job = record.jobId === null ? undefined : deps.jobs.get(record.jobId);
    if (job?.state === 'blocked') {
      deps.jobs.wake(MEDIA_REMOVED);
      return toImportView(record);
    }
    // The job of a failed import may still be putting its files away; the next one begins after it.
    const isEnding = job?.state === 'running' && record.state === 'failed';
    if (job?.state === 'queued' || (job?.state === 'running' && !isEnding)) return toImportView(record);
    const left = record.totalBytes - record.copiedBytes;
    if (record.state === 'failed') assertSpace(left, await deps.blobs.freeBytes());
    return toImportView(
      deps.store.transaction(() =>
        records.happen(importId, { type: 'import.resumed', jobId: enqueue(importId) }, personActor(person)),
      ),
    );
  }

  return {
    service: {
      plan: (input) => planning.plan(input),
      start,
      resume,
      ...createImportDecisions(deps, records),
      report: createImportReports(deps, records),
      get: (importId) => toImportView(records.require(importId)),
      reads: (importId) => toImportReads(records.require(importId), records.readsOf(importId)),
      strangers: async (importId) => {
        const record = records.require(importId);
        return isClosedImport(record.state) ? [] : planning.strangersTo(record);
      },
      list: () =>
        records
          .list()
          .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
          .map(toImportView),
    },
    start: async () => {
      // A kill between a refusal and its clean-up must not leave the blobs behind.
      for (const { importId } of records.cleanups.list()) await removeBlobs(deps, records, records.require(importId));
      watch.start();
    },
    stop: () => watch.stop(),
  };
}
