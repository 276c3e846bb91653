import { z } from 'zod';
import type { Actor } from '#contracts/primitives.ts';
import { SampleWork, type SampleRecord } from '#core/review/index.ts';
import type { StationStore } from '#core/storage/ports.ts';

/** Changes of one person that undo can still take back, newest last, as places in the log. */
const UndoStack = z.object({ person: z.string(), seqs: z.array(z.number().int()) });

/** More steps back than anybody takes; older ones stay in the log. */
const UNDO_DEPTH = 500;

const ChangePayload = z.object({ before: SampleWork, revision: z.number().int() });

/** One change that its person may take back. */
export interface UndoStep {
  readonly person: string;
  readonly sampleId: string;
  readonly before: SampleWork;
  readonly revision: number;
  /** What is left of the stack without this step. */
  readonly rest: number[];
}

/** The undo stacks of all people. `push` and `drop` belong into the transaction of the change that they tell. */
export interface UndoSteps {
  push(actor: Actor, seq: number): void;
  newest(actor: Actor): UndoStep | undefined;
  drop(step: UndoStep): void;
  isStillNewest(step: UndoStep, sample: SampleRecord): boolean;
}

export function createUndoSteps(store: StationStore): UndoSteps {
  const stacks = store.documents('review-undo', UndoStack);
  const seqsOf = (person: string): number[] => stacks.get(person)?.seqs ?? [];
  return {
    push: ({ id }, seq) => {
      stacks.put(id, { person: id, seqs: [...seqsOf(id), seq].slice(-UNDO_DEPTH) });
    },
    newest: ({ id }) => {
      const seqs = seqsOf(id);
      const seq = seqs.at(-1);
      const entry = seq === undefined ? undefined : store.events.read(seq - 1, 1)[0];
      if (entry === undefined) return undefined;
      const { before, revision } = ChangePayload.parse(entry.payload);
      return { person: id, sampleId: entry.subject, before, revision, rest: seqs.slice(0, -1) };
    },
    drop: ({ person, rest }) => {
      stacks.put(person, { person, seqs: rest });
    },
    isStillNewest: ({ revision }, sample) => sample.revision === revision || isUndoneTo(store, sample, revision),
  };
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
