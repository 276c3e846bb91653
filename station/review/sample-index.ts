import type { SampleState } from '#contracts/review.ts';
import type { SampleRecord } from '#core/review/index.ts';

/** Which samples a page of the queue shows. */
export interface SampleFilter {
  readonly state?: SampleState;
  readonly device?: string;
  readonly limit: number;
  readonly afterId?: string;
}

/** Ids of one page, and counts of every state for the same device. */
export interface SamplePage {
  readonly ids: string[];
  readonly counts: Record<SampleState, number>;
}

type Indexed = Pick<SampleRecord, 'id' | 'state' | 'device'>;

/** Ids in order, states and devices in memory: a queue of 100,000 must not parse 100,000 rows. */
export interface SampleIndex {
  has(sampleId: string): boolean;
  remember(sample: Indexed): void;
  idsIn(state: SampleState): string[];
  select(filter: SampleFilter): SamplePage;
}

export function createSampleIndex(samples: Iterable<Indexed>): SampleIndex {
  const entries = new Map<string, Indexed>();
  let order: string[] = [];

  const remember = ({ id, state, device }: Indexed): void => {
    if (!entries.has(id)) {
      const isNewest = order.length === 0 || (order.at(-1) ?? '') < id;
      order.push(id);
      // Ids carry their time, so nearly every one belongs at the end.
      if (!isNewest) order = order.sort();
    }
    entries.set(id, { id, state, device });
  };
  for (const sample of samples) remember(sample);

  return {
    has: (sampleId) => entries.has(sampleId),
    remember,
    idsIn: (state) => order.filter((id) => entries.get(id)?.state === state),
    select: (filter) => selectFrom(order, entries, filter),
  };
}

/** One pass over the index. */
function selectFrom(order: readonly string[], entries: ReadonlyMap<string, Indexed>, filter: SampleFilter): SamplePage {
  const counts: Record<SampleState, number> = { waiting: 0, 'in-work': 0, accepted: 0, rejected: 0 };
  const ids: string[] = [];
  for (const id of order) {
    const entry = entries.get(id);
    if (entry === undefined || (filter.device !== undefined && entry.device !== filter.device)) continue;
    counts[entry.state] += 1;
    const isWanted =
      (filter.state === undefined || entry.state === filter.state) &&
      (filter.afterId === undefined || id > filter.afterId);
    if (isWanted && ids.length < filter.limit) ids.push(id);
  }
  return { ids, counts };
}
