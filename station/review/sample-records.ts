import { z } from 'zod';
import type { SampleState } from '#contracts/review.ts';
import type { Actor } from '#contracts/primitives.ts';
import { AppError, type Clock } from '#core/base/index.ts';
import { evolveSample, SampleRecord, SampleWork, workOf, type SampleEvent } from '#core/review/index.ts';
import type { StationStore } from '#core/storage/ports.ts';

/** Changes of one person that undo can still take back, newest last, as places in the log. */
const UndoStack = z.object({ person: z.string(), seqs: z.array(z.number().int()) });

/** More steps back than anybody takes; older ones stay in the log. */
const UNDO_DEPTH = 500;

const ChangePayload = z.object({ before: SampleWork, revision: z.number().int() });

interface IndexEntry {
  readonly state: SampleState;
  readonly device: string;
}

export interface SampleRecords {
  has(sampleId: string): boolean;
  require(sampleId: string): SampleRecord;
  /** Ids in order, from an index in memory: a queue of 100,000 must not parse 100,000 rows. */
  select(filter: { state?: SampleState; device?: string; limit: number; afterId?: string }): { ids: string[]; counts: Record<SampleState, number> };
  accepted(): SampleRecord[];
  receive(record: SampleRecord, actor: Actor): void;
  /** One transaction: event, record, undo step. Durable when it returns. */
  change(sampleId: string, event: Exclude<SampleEvent, { type: 'sample.undone' }>, revision: number, actor: Actor): SampleRecord;
  undo(actor: Actor): SampleRecord;
}

export function createSampleRecords(store: StationStore, clock: Clock): SampleRecords {
  const samples = store.documents('samples', SampleRecord);
  const undoStacks = store.documents('review-undo', UndoStack);
  const index = new Map<string, IndexEntry>();
  let order: string[] = [];
  for (const sample of samples.list()) remember(sample);

  function remember(sample: SampleRecord): void {
    if (!index.has(sample.id)) {
      const isNewest = order.length === 0 || (order.at(-1) ?? '') < sample.id;
      order.push(sample.id);
      // Ids carry their time, so nearly every one belongs at the end.
      if (!isNewest) order = order.sort();
    }
    index.set(sample.id, { state: sample.state, device: sample.device });
  }

  function require(sampleId: string): SampleRecord {
    const sample = samples.get(sampleId);
    if (sample === undefined) throw new AppError('SAMPLE_UNKNOWN', `no sample ${sampleId}`, { sampleId });
    return sample;
  }

  function write(before: SampleRecord, event: SampleEvent, revision: number, actor: Actor): { after: SampleRecord; seq: number } {
    const after = evolveSample(before, event, revision, clock.now());
    const { seq } = store.events.append({
      actor, stream: 'review', type: event.type, subject: before.id,
      payload: { revision: after.revision, state: after.state, label: after.label, before: workOf(before) },
    });
    samples.put(after.id, after);
    return { after, seq };
  }

  return {
    has: (sampleId) => index.has(sampleId),
    require,
    select: (filter) => selectFrom(order, index, filter),
    accepted: () => order.filter((id) => index.get(id)?.state === 'accepted').map(require),
    receive: (record, actor) => {
      const { id, device, model, reason, score, contentDigest } = record;
      store.transaction(() => {
        store.events.append({ actor, stream: 'review', type: 'sample.received', subject: id, payload: { device, bundle: model.bundleDigest, reason, score, content: contentDigest } });
        samples.put(id, record);
      });
      remember(record);
    },
    change: (sampleId, event, revision, actor) => {
      const after = store.transaction(() => {
        const written = write(require(sampleId), event, revision, actor);
        const seqs = undoStacks.get(actor.id)?.seqs ?? [];
        undoStacks.put(actor.id, { person: actor.id, seqs: [...seqs, written.seq].slice(-UNDO_DEPTH) });
        return written.after;
      });
      remember(after);
      return after;
    },
    undo: (actor) => {
      const seqs = undoStacks.get(actor.id)?.seqs ?? [];
      const seq = seqs.at(-1);
      const entry = seq === undefined ? undefined : store.events.read(seq - 1, 1)[0];
      if (entry === undefined) throw new AppError('NOTHING_TO_UNDO', `${actor.name} has no change left to take back`, {});
      const { before, revision } = ChangePayload.parse(entry.payload);
      const rest = { person: actor.id, seqs: seqs.slice(0, -1) };
      const sample = require(entry.subject);
      if (sample.revision !== revision && !isUndoneTo(store, sample, revision)) {
        // Somebody changed the sample since: their work stays, and the next undo goes on with the change before.
        undoStacks.put(actor.id, rest);
        throw new AppError('CONFLICT', 'the sample was changed by somebody else since; that change is kept', { sampleId: sample.id });
      }
      const after = store.transaction(() => {
        undoStacks.put(actor.id, rest);
        return write(sample, { type: 'sample.undone', before }, sample.revision, actor).after;
      });
      remember(after);
      return after;
    },
  };
}

/** One pass over the index: ids of this page, and counts of every state for the same device. */
function selectFrom(order: readonly string[], index: ReadonlyMap<string, IndexEntry>, filter: Parameters<SampleRecords['select']>[0]): ReturnType<SampleRecords['select']> {
  const counts: Record<SampleState, number> = { waiting: 0, 'in-work': 0, accepted: 0, rejected: 0 };
  const ids: string[] = [];
  for (const id of order) {
    const entry = index.get(id);
    if (entry === undefined || (filter.device !== undefined && entry.device !== filter.device)) continue;
    counts[entry.state] += 1;
    const isWanted = (filter.state === undefined || entry.state === filter.state) && (filter.afterId === undefined || id > filter.afterId);
    if (isWanted && ids.length < filter.limit) ids.push(id);
  }
  return { ids, counts };
}

/** Undo itself raises the revision: going further back is right when only undos lie between. */
function isUndoneTo(store: StationStore, sample: SampleRecord, revision: number): boolean {
  const later = store.events.read(0, 100_000, { stream: 'review', subject: sample.id }).filter((event) => {
    const parsed = ChangePayload.safeParse(event.payload);
    return parsed.success && parsed.data.revision > revision;
  });
  const undone = later.filter((event) => event.type === 'sample.undone').length;
  // Each undo takes one change back: balanced means that everything after `revision` is gone again.
  return undone * 2 === later.length;
}
