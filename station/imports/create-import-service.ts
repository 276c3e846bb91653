import type { ImportView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { assertSpace, isClosedImport } from '#core/imports/index.ts';
import { createImportPlanning } from './import-planning.ts';
import type { ImportDeps } from './import-ports.ts';
import { createImportRecords, personActor } from './import-records.ts';
import { toImportView } from './import-view.ts';
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
    assertSpace(
      absent.reduce((sum, blob) => sum + blob.sizeBytes, 0),
      await deps.blobs.freeBytes(),
    );
    const record = planning.newRecord(
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
    if (job?.state === 'queued' || job?.state === 'running') return toImportView(record);
    const left = record.totalBytes - record.copiedBytes;
    if (record.state === 'failed') assertSpace(left, await deps.blobs.freeBytes());
    return toImportView(
      deps.store.transaction(() =>
        records.happen(importId, { type: 'import.resumed', jobId: enqueue(importId) }, personActor(person)),
      ),
    );
  }

  /** The decision, its audit entry and the bundle's place in the register are one transaction: all of it is durable, or none. */
  async function accept(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const record = records.happen(
      input.importId,
      { type: 'import.accepted', by: person.name, reason: input.reason },
      personActor(person),
      (accepted) => {
        const facts = records.facts.get(input.importId);
        if (facts === undefined)
          throw new AppError('IMPORT_NOT_DECIDABLE', 'the facts of this import are not known any more', {
            importId: input.importId,
          });
        deps.bundles.add({
          ...facts,
          summary: { ...facts.summary, acceptedAt: accepted.updatedAt, acceptedBy: person.name },
        });
        records.facts.delete(input.importId);
      },
    );
    return await Promise.resolve(toImportView(record));
  }

  async function reject(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const before = records.require(input.importId);
    const record = records.happen(
      input.importId,
      { type: 'import.rejected', by: person.name, reason: input.reason },
      personActor(person),
      () => {
        records.facts.delete(input.importId);
        if (before.jobId !== null && before.state === 'waiting-for-media') deps.jobs.cancel(before.jobId);
      },
    );
    await removeBlobs(deps, records, record);
    return toImportView(record);
  }

  return {
    service: {
      plan: (input) => planning.plan(input),
      start,
      resume,
      accept,
      reject,
      get: (importId) => toImportView(records.require(importId)),
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
