import type { ImportPlan, ImportView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { assertSpace, isClosedImport, type ImportRecord } from '#core/imports/index.ts';
import { bundleBytes, partsFor, type SourceBundle, type SourceSet } from '#core/media/index.ts';
import type { ConnectedMedium } from '#station/media/service.ts';
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

interface Choice {
  readonly medium: ConnectedMedium;
  readonly source: SourceSet;
  readonly bundle: SourceBundle;
}

export function createImportService(deps: ImportDeps): RunningImports {
  const records = createImportRecords(deps.store, deps.clock);
  deps.jobs.register(importJob(deps, records));
  const watch = watchForMedia(deps, records);

  async function choose(input: { volumeId: string; bundleDigest: Digest }): Promise<Choice> {
    const medium = (await deps.media.connected()).find(({ volume }) => volume.id === input.volumeId);
    if (medium === undefined) throw new AppError('VOLUME_UNKNOWN', `${input.volumeId} is not connected`, { volumeId: input.volumeId });
    const { source, findings } = medium.contents;
    if (source === null) {
      const damage = findings.find((finding) => finding.severity === 'block');
      if (damage?.code === 'MEDIA_INDEX_INVALID') throw new AppError('MEDIA_INDEX_INVALID', damage.message, { volumeId: input.volumeId, at: damage.at });
      throw new AppError('MEDIA_NO_SET', damage?.message ?? 'the medium holds neither a media set nor a layout', { volumeId: input.volumeId });
    }
    const bundle = source.bundles.find((candidate) => candidate.digest === input.bundleDigest);
    if (bundle === undefined) throw new AppError('NOT_FOUND', `the medium does not carry ${input.bundleDigest}`, { digest: input.bundleDigest });
    return { medium, source, bundle };
  }

  async function absentBlobs(bundle: SourceBundle): Promise<SourceBundle['blobs']> {
    const absent: SourceBundle['blobs'] = [];
    for (const blob of new Map(bundle.blobs.map((candidate) => [candidate.digest, candidate])).values()) {
      if (!(await deps.blobs.has(blob.digest))) absent.push(blob);
    }
    return absent;
  }

  async function plan(input: { volumeId: string; bundleDigest: Digest }): Promise<ImportPlan> {
    const { medium, source, bundle } = await choose(input);
    const totalBytes = bundleBytes(bundle);
    const needBytes = (await absentBlobs(bundle)).reduce((sum, blob) => sum + blob.sizeBytes, 0);
    const present = new Set((await deps.media.connected()).filter(({ contents }) => contents.source?.indexDigest === source.indexDigest).flatMap(({ contents }) => [...contents.present]));
    return {
      ...input,
      model: bundle.model,
      version: bundle.version,
      title: bundle.title,
      totalBytes,
      alreadyHereBytes: totalBytes - needBytes,
      needBytes,
      freeBytes: await deps.blobs.freeBytes(),
      parts: partsFor(source.parts, bundle.blobs).map((part) => ({ name: part.name, stick: part.stick, sizeBytes: part.sizeBytes, present: present.has(part.name) })),
      findings: [...medium.contents.findings],
    };
  }

  async function start(input: { volumeId: string; bundleDigest: Digest }, person: Person): Promise<ImportView> {
    const { medium, source, bundle } = await choose(input);
    const open = records.list().find((record) => !isClosedImport(record.state) && record.bundleDigest === bundle.digest && record.indexDigest === source.indexDigest);
    // Asking again for what already runs is asking to go on.
    if (open !== undefined) return open.state === 'awaiting-decision' ? toImportView(open) : resume(open.id, person);
    const absent = await absentBlobs(bundle);
    assertSpace(absent.reduce((sum, blob) => sum + blob.sizeBytes, 0), await deps.blobs.freeBytes());
    const record = planned({ medium, source, bundle }, absent.map((blob) => blob.digest), person);
    return toImportView(records.plan(record, source, personActor(person), () => enqueue(record.id)));
  }

  function planned({ medium, source, bundle }: Choice, added: Digest[], person: Person): ImportRecord {
    const now = deps.clock.now();
    return {
      v: 1, id: deps.ids.next(), state: 'planned',
      volumeId: medium.volume.id, volumeLabel: medium.volume.label, volumeSerial: medium.volume.serial,
      setId: source.setId, indexDigest: source.indexDigest,
      bundleDigest: bundle.digest, model: bundle.model, version: bundle.version, title: bundle.title,
      blobs: [...new Map(bundle.blobs.map((blob) => [blob.digest, blob])).values()], referrers: [...bundle.referrers], added,
      totalBytes: bundleBytes(bundle), copiedBytes: 0, jobId: null, verdict: null, error: null, missingParts: [],
      startedBy: person.name, decidedBy: null, decisionReason: null, createdAt: now, updatedAt: now,
    };
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
    return toImportView(deps.store.transaction(() => records.happen(importId, { type: 'import.resumed', jobId: enqueue(importId) }, personActor(person))));
  }

  /** The decision, its audit entry and the bundle's place in the register are one transaction: all of it is durable, or none. */
  async function accept(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const record = records.happen(input.importId, { type: 'import.accepted', by: person.name, reason: input.reason }, personActor(person), (accepted) => {
      const facts = records.facts.get(input.importId);
      if (facts === undefined) throw new AppError('IMPORT_NOT_DECIDABLE', 'the facts of this import are not known any more', { importId: input.importId });
      deps.bundles.add({ ...facts, summary: { ...facts.summary, acceptedAt: accepted.updatedAt, acceptedBy: person.name } });
      records.facts.delete(input.importId);
    });
    return await Promise.resolve(toImportView(record));
  }

  async function reject(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const before = records.require(input.importId);
    const record = records.happen(input.importId, { type: 'import.rejected', by: person.name, reason: input.reason }, personActor(person), () => {
      records.facts.delete(input.importId);
      if (before.jobId !== null && before.state === 'waiting-for-media') deps.jobs.cancel(before.jobId);
    });
    await removeBlobs(deps, records, record);
    return toImportView(record);
  }

  return {
    service: {
      plan, start, resume, accept, reject,
      get: (importId) => toImportView(records.require(importId)),
      list: () => records.list().sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).map(toImportView),
    },
    start: async () => {
      // A kill between a refusal and its clean-up must not leave the blobs behind.
      for (const { importId } of records.cleanups.list()) await removeBlobs(deps, records, records.require(importId));
      watch.start();
    },
    stop: () => watch.stop(),
  };
}
