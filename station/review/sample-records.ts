import type { Actor } from '#contracts/primitives.ts';
import { AppError, type Clock } from '#core/base/index.ts';
import { evolveSample, SampleRecord, workOf, type SampleEvent } from '#core/review/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { createSampleIndex, type SampleFilter, type SamplePage } from './sample-index.ts';
import { createUndoSteps } from './undo-steps.ts';

export interface SampleRecords {
  has(sampleId: string): boolean;
  require(sampleId: string): SampleRecord;
  /** Ids in order, from an index in memory: a queue of 100,000 must not parse 100,000 rows. */
  select(filter: SampleFilter): SamplePage;
  accepted(): SampleRecord[];
  receive(record: SampleRecord, actor: Actor): void;
  /** One transaction: event, record, undo step. Durable when it returns. */
  change(
    sampleId: string,
    event: Exclude<SampleEvent, { type: 'sample.undone' }>,
    revision: number,
    actor: Actor,
  ): SampleRecord;
  undo(actor: Actor): SampleRecord;
}

export function createSampleRecords(store: StationStore, clock: Clock): SampleRecords {
  const samples = store.documents('samples', SampleRecord);
  const undoSteps = createUndoSteps(store);
  const index = createSampleIndex(samples.list());

  function require(sampleId: string): SampleRecord {
    const sample = samples.get(sampleId);
    if (sample === undefined) throw new AppError('SAMPLE_UNKNOWN', `no sample ${sampleId}`, { sampleId });
    return sample;
  }

  function write(
    before: SampleRecord,
    event: SampleEvent,
    revision: number,
    actor: Actor,
  ): { after: SampleRecord; seq: number } {
    const after = evolveSample(before, event, revision, clock.now());
    const { seq } = store.events.append({
      actor,
      stream: 'review',
      type: event.type,
      subject: before.id,
      payload: { revision: after.revision, state: after.state, label: after.label, before: workOf(before) },
    });
    samples.put(after.id, after);
    return { after, seq };
  }

  return {
    has: index.has,
    require,
    select: index.select,
    accepted: () => index.idsIn('accepted').map(require),
    receive: (record, actor) => {
      const { id, device, model, reason, score, contentDigest } = record;
      store.transaction(() => {
        store.events.append({
          actor,
          stream: 'review',
          type: 'sample.received',
          subject: id,
          payload: { device, bundle: model.bundleDigest, reason, score, content: contentDigest },
        });
        samples.put(id, record);
      });
      index.remember(record);
    },
    change: (sampleId, event, revision, actor) => {
      const after = store.transaction(() => {
        const written = write(require(sampleId), event, revision, actor);
        undoSteps.push(actor, written.seq);
        return written.after;
      });
      index.remember(after);
      return after;
    },
    undo: (actor) => {
      const step = undoSteps.newest(actor);
      if (step === undefined)
        throw new AppError('NOTHING_TO_UNDO', `${actor.name} has no change left to take back`, {});
      const sample = require(step.sampleId);
      if (!undoSteps.isStillNewest(step, sample)) {
        // Somebody changed the sample since: their work stays, and the next undo goes on with the change before.
        undoSteps.drop(step);
        throw new AppError('CONFLICT', 'the sample was changed by somebody else since; that change is kept', {
          sampleId: sample.id,
        });
      }
      const after = store.transaction(() => {
        undoSteps.drop(step);
        return write(sample, { type: 'sample.undone', before: step.before }, sample.revision, actor).after;
      });
      index.remember(after);
      return after;
    },
  };
}
