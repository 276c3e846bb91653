import { z } from 'zod';
import { JobState, Progress, type JobView } from '#contracts/jobs.ts';
import { Id, Instant, WireError } from '#contracts/primitives.ts';
import type { Clock } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { JobFeed } from './job-feed.ts';

/** A job as it is stored; the payload is foreign input to every later run. */
export const JobRecord = z.object({
  id: Id,
  kind: z.string(),
  title: z.string(),
  state: JobState,
  subject: z.string(),
  payload: z.unknown(),
  exclusiveKey: z.string().optional(),
  progress: Progress.optional(),
  blockedOn: z.string().optional(),
  error: WireError.optional(),
  /** Place in the queue; ids of one millisecond have no order of their own. */
  order: z.number().int().default(0),
  /** Runs in a row that asked for another try. */
  retries: z.number().int().min(0).optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type JobRecord = z.infer<typeof JobRecord>;

/** What has ended is kept for people to look at; the event log holds what happened for ever. */
const KEPT_ENDED_JOBS = 500;

/** Whether the job still has something to do. */
export const isOpen = (job: JobRecord): boolean =>
  job.state === 'queued' || job.state === 'running' || job.state === 'blocked';

/** The stored jobs. A change is durable before anyone hears of it; progress is not stored with each step, it is only told. */
export interface JobQueue {
  add(job: Omit<JobRecord, 'order' | 'createdAt' | 'updatedAt' | 'state'>): void;
  get(id: string): JobRecord | undefined;
  /** In the order of their arrival. */
  all(): JobRecord[];
  /** Changes the state; what belonged to the state before (reason, error) goes with it. */
  move(id: string, state: JobState, change?: Partial<JobRecord>): void;
  /** Tells the present state, when the job was not rolled back. */
  announce(id: string): void;
  view(job: JobRecord): JobView;
  forgetOld(): void;
}

/** Opens the jobs of a site. */
export function openJobQueue(deps: { store: StationStore; clock: Clock; feed: JobFeed }): JobQueue {
  const jobs = deps.store.documents('jobs', JobRecord);
  let nextOrder = 1 + Math.max(0, ...jobs.list().map((job) => job.order));
  const all = (): JobRecord[] => jobs.list().sort((a, b) => a.order - b.order);

  function view(job: JobRecord): JobView {
    const progress = deps.feed.progressOf(job.id);
    return { ...toView(job), ...(progress === undefined ? {} : { progress }) };
  }

  return {
    all,
    view,
    get: (id) => jobs.get(id),
    add: (job) => {
      const now = deps.clock.now();
      jobs.put(job.id, { ...job, state: 'queued', order: nextOrder, createdAt: now, updatedAt: now });
      nextOrder += 1;
    },
    move: (id, state, change = {}) => {
      const before = jobs.get(id);
      if (before === undefined) return;
      const { blockedOn: _blockedOn, error: _error, ...rest } = before;
      const progress = deps.feed.progressOf(id);
      const after: JobRecord = {
        ...rest,
        ...(progress === undefined ? {} : { progress }),
        ...change,
        state,
        updatedAt: deps.clock.now(),
      };
      jobs.put(id, after);
      deps.feed.publish(toView(after));
    },
    announce: (id) => {
      const job = jobs.get(id);
      if (job !== undefined) deps.feed.publish(view(job));
    },
    forgetOld: () => {
      const ended = all().filter((job) => !isOpen(job));
      for (const { id } of ended.slice(0, -KEPT_ENDED_JOBS)) jobs.delete(id);
    },
  };
}

function toView({
  payload: _payload,
  exclusiveKey: _key,
  retries: _retries,
  order: _order,
  ...view
}: JobRecord): JobView {
  return view;
}
