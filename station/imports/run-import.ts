import { z } from 'zod';
import { Id, type WireError } from '#contracts/primitives.ts';
import { isErrorCode } from '#contracts/errors/index.ts';
import { AppError, isAppError, PROGRESS_INTERVAL_MS, type Digest, type Finding } from '#core/base/index.ts';
import { carriedBlobs, createByteProgress, isClosedImport, noteRead, type ImportRecord } from '#core/imports/index.ts';
import type { JobContext, JobKind, JobOutcome } from '#core/jobs/ports.ts';
import { bytesIn, unsealedReader, type ByteRange, type SourcePart } from '#core/media/index.ts';
import type { Volume } from '#core/media/ports.ts';
import type { ConnectedMedium } from '#station/media/service.ts';
import { copyParts, type CopyEnd, type Damage, type PartHolder } from './copy-parts.ts';
import type { ImportDeps } from './import-ports.ts';
import { STATION, type ImportRecords } from './import-records.ts';
import { PartialBlobs } from './partial-blobs.ts';
import { rebuildBlobs } from './rebuild-blobs.ts';
import { removeBlobs } from './remove-blobs.ts';

const ImportPayload = z.object({ importId: Id });

/** Why an import job waits. */
export const MEDIA_REMOVED = 'media-removed';

/** A stick that was just plugged in gets this long to settle. */
const RELOOK_MS = 200;

/** Rows change this often at most while bytes flow; the job reports more often from memory. */
const NOTE_INTERVAL_MS = 1_000;

/** The durable job of an import: copy what is missing, publish, verify. Safe to repeat from any point. */
export function importJob(deps: ImportDeps, records: ImportRecords): JobKind<typeof ImportPayload> {
  const retried = new Map<string, number>();
  return {
    kind: 'import',
    payload: ImportPayload,
    title: ({ importId }) => {
      const record = records.get(importId);
      return record === undefined ? 'import' : `${record.model} ${record.version}`;
    },
    run: async ({ importId }, context) => {
      const record = records.require(importId);
      if (isClosedImport(record.state) || record.state === 'awaiting-decision') return { status: 'done' };
      try {
        return await runImport(deps, records, record, { context, retried });
      } catch (error) {
        if (context.signal.aborted) throw error;
        if (!isAppError(error)) {
          // The runner logs the cause; the import must not seem to go on.
          fail(records, importId, {
            code: 'INTERNAL',
            message: 'Something failed that should not be able to fail.',
            details: {},
          });
          throw error;
        }
        const outcome = fail(records, importId, toImportError(error));
        // Content that is not what its digest says is worth nothing to a resume.
        if (error.code.startsWith('BUNDLE_')) await removeBlobs(deps, records, records.require(importId));
        return outcome;
      }
    },
  };
}

async function runImport(
  deps: ImportDeps,
  records: ImportRecords,
  record: ImportRecord,
  { context, retried }: { context: JobContext; retried: Map<string, number> },
): Promise<JobOutcome> {
  const incoming = await PartialBlobs.open(deps.blobs, await stillCarried(deps, record));
  try {
    const end = await copyAll(deps, records, record, { incoming, context });
    if (end.end !== 'complete') {
      const outcome = suspend(records, record.id, end, { incoming, media: await sameSet(deps, record) });
      return outcome.status === 'blocked' && (await cameMeanwhile(deps, records, record, { end, retried }))
        ? { status: 'retry', afterMs: RELOOK_MS }
        : outcome;
    }
    records.happen(record.id, { type: 'import.verifying', copiedBytes: record.totalBytes }, STATION);
    context.report({ done: record.totalBytes, total: record.totalBytes, unit: 'bytes', step: 'import.verifying' });
    await incoming.publish();
  } finally {
    await incoming.close();
  }
  await rebuildBlobs(deps, record.delta?.patches ?? [], {
    signal: context.signal,
    onProgress: (done, total) => {
      context.report({ done, total, unit: 'bytes', step: 'import.rebuilding' });
    },
  });
  return verifyStored(deps, records, record, context);
}

/** Without the patches of blobs that are made already: they were deleted, and would be read again. */
async function stillCarried(deps: ImportDeps, record: ImportRecord): Promise<ImportRecord['blobs']> {
  const made = new Set<Digest>();
  for (const { target, patch } of record.delta?.patches ?? []) if (await deps.blobs.has(target)) made.add(patch);
  return carriedBlobs(record).filter((blob) => !made.has(blob.digest));
}

/**
 * Whether a stick that is wanted came between the last look and the moment when the import says that it waits: nothing else would wake it.
 * `retried` holds how far the import was when it was last tried again, so that a stick that answers with errors causes no loop.
 */
async function cameMeanwhile(
  deps: ImportDeps,
  records: ImportRecords,
  record: ImportRecord,
  { end, retried }: { end: Exclude<CopyEnd, { end: 'complete' }>; retried: Map<string, number> },
): Promise<boolean> {
  const { copiedBytes } = records.require(record.id);
  const isThere = (await sameSet(deps, record)).some(({ contents }) =>
    end.missing.some((part) => contents.present.has(part.name)),
  );
  if (!isThere || retried.get(record.id) === copiedBytes) return false;
  retried.set(record.id, copiedBytes);
  return true;
}

/** Copies from what is plugged in, and looks again as long as that brings new bytes. */
async function copyAll(
  deps: ImportDeps,
  records: ImportRecords,
  record: ImportRecord,
  run: { incoming: PartialBlobs; context: JobContext },
): Promise<CopyEnd> {
  const { incoming, context } = run;
  const source = records.sourceOf(record.id);
  const reads = readsOf(records, record.id);
  const progress = progressOf(deps, records, { record, reads, context });
  let gone: CopyEnd | undefined;
  for (let lastBytes = -1; ;) {
    const media = await sameSet(deps, record);
    // Nothing is plugged in because a stick was pulled: that is what the person is told, not which parts are not here.
    if (gone !== undefined && media.length === 0) return gone;
    const first = media.find(({ volume }) => volume.id === record.volumeId) ?? media[0];
    const doneBytes = receivedBytes(record, incoming);
    if (first !== undefined && doneBytes < record.totalBytes) {
      const medium = { volumeId: first.volume.id, label: first.volume.label, serial: first.volume.serial };
      records.happen(record.id, { type: 'import.copying', medium, copiedBytes: doneBytes }, STATION);
    }
    const holders = media.map((medium): PartHolder => ({
      volumeId: medium.volume.id,
      reader: unsealedReader(deps.media.reader(medium.volume), source, deps.openSealed),
      present: medium.contents.present,
    }));
    const releases = media.map(({ volume }) => deps.media.hold(volume.id, 'import'));
    const end = await copyParts({
      parts: source.parts,
      blobs: await stillCarried(deps, record),
      holders,
      incoming,
      hasher: deps.blockHasher,
      signal: context.signal,
      onRead: (volumeId, part, range) => {
        const volume = media.find((medium) => medium.volume.id === volumeId)?.volume;
        if (volume !== undefined) reads.note(volume, part, range);
      },
      onDurable: progress,
    }).finally(() => {
      for (const release of releases) release();
    });
    reads.keep();
    // Gone is only final when another look finds nothing new to read: a second stick may hold the rest.
    if (end.end !== 'media-gone' || doneBytes === lastBytes) return end;
    gone = end;
    lastBytes = doneBytes;
  }
}

async function sameSet(deps: ImportDeps, record: ImportRecord): Promise<ConnectedMedium[]> {
  return (await deps.media.connected()).filter(({ contents }) => contents.source?.indexDigest === record.indexDigest);
}

function receivedBytes(record: ImportRecord, incoming: PartialBlobs): number {
  const digests = new Set<Digest>(carriedBlobs(record).map((blob) => blob.digest));
  return [...digests].reduce((sum, digest) => sum + bytesIn(incoming.received(digest)), 0);
}

/** The journal of reads while a copy runs: kept in memory, written with the progress and when the copy ends. */
interface RunningReads {
  note(volume: Volume, part: SourcePart, range: ByteRange): void;
  keep(): void;
}

function readsOf(records: ImportRecords, importId: string): RunningReads {
  let journal = records.readsOf(importId);
  let kept = journal;
  return {
    note: ({ id, label, serial }, { name, stick }, range) => {
      journal = noteRead(journal, { volumeId: id, label, serial }, { part: name, stick, ...range });
    },
    keep: () => {
      if (journal === kept) return;
      records.noteReads(importId, journal);
      kept = journal;
    },
  };
}

function progressOf(
  deps: ImportDeps,
  records: ImportRecords,
  { record, reads, context }: { record: ImportRecord; reads: RunningReads; context: JobContext },
): (doneBytes: number) => void {
  const rate = createByteProgress(record.totalBytes);
  let reportedAt = Number.NEGATIVE_INFINITY;
  let notedAt = Number.NEGATIVE_INFINITY;
  return (doneBytes) => {
    const now = deps.clock.monotonicMs();
    const progress = rate.note(doneBytes, now);
    if (now - reportedAt >= PROGRESS_INTERVAL_MS) {
      context.report({ ...progress, step: 'import.copying' });
      reportedAt = now;
    }
    if (now - notedAt >= NOTE_INTERVAL_MS) {
      records.noteCopied(record.id, doneBytes);
      reads.keep();
      notedAt = now;
    }
  };
}

function suspend(
  records: ImportRecords,
  importId: string,
  end: Exclude<CopyEnd, { end: 'complete' }>,
  at: { incoming: PartialBlobs; media: readonly ConnectedMedium[] },
): JobOutcome {
  const copiedBytes = receivedBytes(records.require(importId), at.incoming);
  const unusable = end.missing.flatMap((part) =>
    at.media.flatMap(({ contents }) => contents.unusable.get(part.name) ?? []),
  );
  if (end.end === 'incomplete' && end.damage.length > 0)
    return fail(records, importId, damageError(end.damage), copiedBytes);
  if (end.end === 'incomplete' && unusable.length > 0)
    return fail(records, importId, unusableError(unusable), copiedBytes);
  const error = end.end === 'media-gone' ? wireError(end.error) : wireError(missingError(end.missing));
  records.happen(
    importId,
    { type: 'import.waiting-for-media', missingParts: end.missing.map((part) => part.name), copiedBytes, error },
    STATION,
  );
  return { status: 'blocked', on: MEDIA_REMOVED };
}

/** The part lies there and cannot be used: waiting for a stick would wait for ever. */
function unusableError(findings: readonly Finding[]): WireError {
  const [first] = findings;
  const code = first !== undefined && isErrorCode(first.code) ? first.code : 'MEDIA_PART_DAMAGED';
  const places = findings.slice(0, 10).map((finding) => finding.at);
  return {
    code,
    message: findings
      .slice(0, 10)
      .map((finding) => `${finding.at}: ${finding.message}`)
      .join('; '),
    details: { places },
  };
}

function missingError(missing: readonly SourcePart[]): AppError {
  const names = missing.slice(0, 10).map((part) => `${part.name} (stick ${String(part.stick)})`);
  return new AppError('MEDIA_PART_MISSING', `${String(missing.length)} not here: ${names.join(', ')}`, {
    parts: missing.slice(0, 100).map((part) => part.name),
    stick: missing[0]?.stick ?? 0,
  });
}

function damageError(damage: readonly Damage[]): WireError {
  const places = damage
    .slice(0, 10)
    .map(
      ({ part, fromByte, toByte }) =>
        `${part.name} (stick ${String(part.stick)}) bytes ${String(fromByte)} to ${String(toByte - 1)}`,
    );
  const [first] = damage;
  const details = {
    part: first?.part.name ?? '',
    stick: first?.part.stick ?? 0,
    fromByte: first?.fromByte ?? 0,
    toByte: (first?.toByte ?? 1) - 1,
    places,
  };
  return {
    code: 'MEDIA_PART_DAMAGED',
    message: `damaged: ${places.join(', ')}${damage.length > places.length ? ' …' : ''}`,
    details,
  };
}

function fail(
  records: ImportRecords,
  importId: string,
  error: WireError,
  copiedBytes = records.require(importId).copiedBytes,
): JobOutcome {
  records.happen(importId, { type: 'import.failed', error, copiedBytes }, STATION);
  return { status: 'failed', error };
}

/** A full disk of the station is the import's own matter: say it in its words, with the amount where it is known. */
function toImportError(error: AppError): WireError {
  return error.code === 'DISK_FULL'
    ? wireError(new AppError('IMPORT_NO_SPACE', error.message, error.details))
    : wireError(error);
}

function wireError(error: AppError): WireError {
  return { code: error.code, message: error.message, details: { ...error.details } };
}

async function verifyStored(
  deps: ImportDeps,
  records: ImportRecords,
  record: ImportRecord,
  context: JobContext,
): Promise<JobOutcome> {
  const { bundleDigest, referrers, model } = record;
  const onProgress = (done: number, total: number): void => {
    context.report({ done, total, unit: 'bytes', step: 'import.verifying' });
  };
  const { verdict, facts } = await deps.verify({
    reader: deps.blobs,
    bundleDigest,
    referrers,
    model,
    signal: context.signal,
    onProgress,
  });
  if (verdict.verdict === 'accepted' && facts !== null) {
    records.happen(record.id, { type: 'import.verdict-given', verdict, error: null }, STATION, () => {
      records.facts.put(record.id, {
        v: 1,
        ...facts,
        summary: { ...facts.summary, importId: record.id, signer: verdict.signer },
        referrers: [...record.referrers],
        verdict,
      });
    });
    return { status: 'done' };
  }
  const error = refusalOf(verdict.findings);
  const refused = records.happen(
    record.id,
    { type: 'import.verdict-given', verdict: { ...verdict, verdict: 'refused' }, error },
    STATION,
  );
  await removeBlobs(deps, records, refused);
  return { status: 'failed', error };
}

/** Without these nothing else that a bundle says counts, so they are named first. */
const GRAVEST: readonly string[] = [
  'BUNDLE_DIGEST_MISMATCH',
  'BUNDLE_PATH_ESCAPE',
  'BUNDLE_TOO_LARGE',
  'BUNDLE_UNSIGNED',
  'BUNDLE_SIGNATURE_INVALID',
  'BUNDLE_SIGNER_UNTRUSTED',
  'SIGNATURE_IDENTITY_WRONG',
  'SIGNER_CHANNEL_WRONG',
];

/** The gravest blocking finding is the reason; the verdict keeps them all. */
function refusalOf(findings: readonly Finding[]): WireError {
  const blocking = findings.filter((finding) => finding.severity === 'block');
  const cause = blocking.find((finding) => GRAVEST.includes(finding.code)) ?? blocking[0];
  const code = cause !== undefined && isErrorCode(cause.code) ? cause.code : 'IMPORT_REFUSED';
  return {
    code,
    message: cause?.message ?? 'the verdict is negative',
    details: { findings: findings.map((finding) => finding.code).slice(0, 100) },
  };
}
