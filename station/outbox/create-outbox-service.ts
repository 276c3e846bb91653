import { MEDIA_PATHS } from '#contracts/media.ts';
import type { OutboxItem, OutboxKind, StickOutboxEntry } from '#contracts/outbox.ts';
import type { Actor } from '#contracts/primitives.ts';
import { AppError, KIB } from '#core/base/index.ts';
import { assertFits, visibleText } from '#core/media/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { AuditService } from '#station/audit/service.ts';
import type { ReviewService } from '#station/review/service.ts';
import type { TelemetryService } from '#station/telemetry/service.ts';
import { inventoryOf, RECEIPT_JOB, receiptJob, type ReceiptDeps } from './receipt-job.ts';
import type { OutboxService } from './service.ts';

export interface OutboxDeps extends ReceiptDeps {
  readonly telemetry: Pick<TelemetryService, 'status' | 'export'>;
  readonly review: Pick<ReviewService, 'queue' | 'export'>;
  readonly audit: Pick<AuditService, 'export'>;
}

/** The event that says that a kind was written. */
const WRITTEN: Readonly<Record<OutboxKind, string>> = {
  telemetry: 'telemetry.exported',
  review: 'review.exported',
  audit: 'audit.exported',
  receipt: 'outbox.receipt-written',
};

/** Read limits of a foreign outbox folder. */
const MAX_FOLDERS = 500;
const MAX_FILES = 5_000;

/** Collects what the features of the site can write to a stick; each keeps its own format, job and audit entry. */
export function createOutboxService(deps: OutboxDeps): OutboxService {
  deps.jobs.register(receiptJob(deps));

  function lastWritten(kind: OutboxKind): number | null {
    return deps.store.events.readBack(Number.MAX_SAFE_INTEGER, 1, { type: WRITTEN[kind] })[0]?.at ?? null;
  }

  async function list(): Promise<OutboxItem[]> {
    const telemetry = deps.telemetry.status();
    const { counts } = deps.review.queue({ limit: 1 });
    const inventory = await inventoryOf(deps, 'preview');
    const item = (kind: OutboxKind, count: number, sizeBytes: number | null): OutboxItem => ({
      kind,
      count,
      sizeBytes,
      lastWrittenAt: lastWritten(kind),
    });
    return [
      item('telemetry', telemetry.records, telemetry.bytes),
      item('review', counts.accepted, null),
      item('audit', deps.store.events.head().seq, null),
      item('receipt', inventory.blobs.length, JSON.stringify(inventory).length * 2),
    ];
  }

  return {
    list,
    onVolume: async (volumeId) => entriesOn(deps.media.reader(await deps.media.require(volumeId))),
    write: async ({ volumeId, kinds }, person) => {
      const volume = await deps.media.require(volumeId);
      if (volume.readOnly) throw new AppError('MEDIA_READ_ONLY', 'the medium is write-protected', { volumeId });
      const items = (await list()).filter(({ kind }) => kinds.includes(kind));
      assertFits(
        items.map(({ kind, sizeBytes }) => ({
          path: `${MEDIA_PATHS.outbox}/${kind}`,
          sizeBytes: sizeBytes ?? 64 * KIB,
        })),
        await deps.media.limits(volume),
      );
      const actor: Actor = { kind: 'person', id: person.id, name: person.name };
      const jobIds: string[] = [];
      for (const { kind } of items) {
        switch (kind) {
          case 'telemetry':
            jobIds.push((await deps.telemetry.export({ volumeId }, person)).jobId);
            break;
          case 'review':
            jobIds.push((await deps.review.export({ format: 'coco', volumeId }, person)).jobId);
            break;
          case 'audit':
            jobIds.push((await deps.audit.export({ volumeId }, person)).jobId);
            break;
          case 'receipt': {
            const receiptId = deps.ids.next();
            const payload = { receiptId, volumeId, actor };
            jobIds.push(deps.jobs.enqueue({ kind: RECEIPT_JOB, payload, subject: receiptId, exclusiveKey: volumeId }));
          }
        }
      }
      return { jobIds };
    },
  };
}

/** Untrusted: what a stick says lies in its outbox; names are shown as text only. */
async function entriesOn(reader: VolumeReader): Promise<StickOutboxEntry[]> {
  const entries: StickOutboxEntry[] = [];
  for (const kind of await reader.list(MEDIA_PATHS.outbox, MAX_FOLDERS)) {
    for (const id of await foldersIn(reader, `${MEDIA_PATHS.outbox}/${kind}`)) {
      const sizes = await sizesIn(reader, `${MEDIA_PATHS.outbox}/${kind}/${id}`);
      const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
      entries.push({ kind: visibleText(kind, 64), id: visibleText(id, 64), files: sizes.length, sizeBytes });
      if (entries.length >= MAX_FOLDERS) return entries;
    }
  }
  return entries;
}

async function sizesIn(reader: VolumeReader, folder: string): Promise<number[]> {
  const sizes: number[] = [];
  for (const name of await foldersIn(reader, folder)) {
    const size = await sizeOrNull(reader, `${folder}/${name}`);
    if (size !== null) sizes.push(size);
  }
  return sizes;
}

async function foldersIn(reader: VolumeReader, folder: string): Promise<string[]> {
  try {
    return await reader.list(folder, MAX_FILES);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'MEDIA_GONE') return [];
    throw error;
  }
}

/** Null for folders, links and whatever else is no file of ours. */
async function sizeOrNull(reader: VolumeReader, path: string): Promise<number | null> {
  try {
    return (await reader.sizeOf(path)) ?? null;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'MEDIA_GONE') return null;
    throw error;
  }
}
