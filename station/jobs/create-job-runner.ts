import { z } from 'zod';
import { JobState, Progress, type JobView } from '#contracts/jobs.ts';
import { Id, Instant, WireError } from '#contracts/primitives.ts';
import { AppError, PROGRESS_INTERVAL_MS, toAppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { JobKind, JobOutcome, JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { createJobFeed } from './job-feed.ts';

/** A job as it is stored; the payload is foreign input to every later run. */
const JobRecord = z.object({
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
type JobRecord = z.infer<typeof JobRecord>;

export interface JobRunnerDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Jobs at once; import and export share the disk. */
  readonly concurrency: number;
  /** Writes an unforeseen failure to the log; returns its correlation id. */
  readonly logFailure: (error: unknown, context: string) => string;
}

/** How a run ended for the runner: as the kind says, or by a signal before it could say anything. */
type Ending = JobOutcome | { status: 'aborted' };

/** Each further try waits twice as long, up to this. */
const LONGEST_RETRY_MS = 10 * 60_000;
/** What has ended is kept for people to look at; the event log holds what happened for ever. */
const KEPT_ENDED_JOBS = 500;

const isOpen = (job: JobRecord): boolean => job.state === 'queued' || job.state === 'running' || job.state === 'blocked';

/** See `JobRunner`. State changes are durable before anyone hears of them; progress is not, it is only told. */
export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const jobs = deps.store.documents('jobs', JobRecord);
  const kinds = new Map<string, JobKind>();
  const running = new Map<string, { abort: AbortController; ended: Promise<void>; exclusiveKey: string | undefined }>();
  const feed = createJobFeed();
  const stopped = new AbortController();
  let nextOrder = 1 + Math.max(0, ...jobs.list().map((job) => job.order));
  let isStarted = false;

  const inOrder = (): JobRecord[] => jobs.list().sort((a, b) => a.order - b.order);

  function change(id: string, next: Partial<JobRecord>): JobRecord | undefined {
    const before = jobs.get(id);
    if (before === undefined) return undefined;
    const { blockedOn, error, ...rest } = before;
    const after: JobRecord = { ...rest, ...(next.state === undefined ? { blockedOn, error } : {}), ...next, updatedAt: deps.clock.now() };
    jobs.put(id, after);
    feed.publish(toView(after));
    return after;
  }

  function schedule(): void {
    if (!isStarted || stopped.signal.aborted) return;
    // A cancelled run keeps its key until it really has ended.
    const busyKeys = new Set([...running.values()].flatMap(({ exclusiveKey }) => exclusiveKey ?? []));
    for (const job of inOrder().filter(isOpen)) {
      if (running.size >= deps.concurrency) return;
      if (job.state !== 'queued' || running.has(job.id) || (job.exclusiveKey !== undefined && busyKeys.has(job.exclusiveKey))) continue;
      if (job.exclusiveKey !== undefined) busyKeys.add(job.exclusiveKey);
      launch(job);
    }
  }

  function launch(job: JobRecord): void {
    const abort = new AbortController();
    const ended = runOnce(job, abort.signal).then((ending) => {
      running.delete(job.id);
      settle(job.id, ending);
      schedule();
    });
    running.set(job.id, { abort, ended, exclusiveKey: job.exclusiveKey });
  }

  async function runOnce(job: JobRecord, signal: AbortSignal): Promise<Ending> {
    const kind = kinds.get(job.kind);
    try {
      if (kind === undefined) throw new AppError('NOT_FOUND', `no job kind ${job.kind} in this release`, { kind: job.kind });
      const payload = parsePayload(kind, job);
      change(job.id, { state: 'running' });
      return await kind.run(payload, { jobId: job.id, signal, report: throttled(job.id) });
    } catch (error) {
      if (signal.aborted) return { status: 'aborted' };
      const failure = toAppError(error);
      const correlationId = deps.logFailure(error, `job ${job.kind} ${job.id}`);
      return { status: 'failed', error: { code: failure.code, message: failure.message, details: { ...failure.details }, correlationId } };
    }
  }

  /** Progress at most four times a second; the last report of a step always goes out with the state change. */
  function throttled(id: string): (progress: Progress) => void {
    let lastAt = Number.NEGATIVE_INFINITY;
    let lastStep: string | undefined;
    return (progress) => {
      const now = deps.clock.monotonicMs();
      if (now - lastAt < PROGRESS_INTERVAL_MS && progress.step === lastStep && progress.done !== progress.total) return;
      lastAt = now;
      lastStep = progress.step;
      const job = jobs.get(id);
      if (job !== undefined) feed.publishProgress(toView({ ...job, progress }));
    };
  }

  function settle(id: string, ending: Ending): void {
    const job = jobs.get(id);
    // A cancelled job was settled by `cancel`, whatever its run came to afterwards.
    if (job === undefined || !isOpen(job)) return;
    const progress = feed.progressOf(id);
    const known = { retries: 0, ...(progress === undefined ? {} : { progress }) };
    // A stopping station leaves what it broke off queued: it goes on at the next start.
    if (ending.status === 'aborted') change(id, { ...known, state: 'queued' });
    else if (ending.status === 'done') change(id, { ...known, state: 'done' });
    else if (ending.status === 'failed') change(id, { ...known, state: 'failed', error: ending.error });
    else if (ending.status === 'blocked') change(id, { ...known, state: 'blocked', blockedOn: ending.on });
    else retryLater(job, ending.afterMs);
  }

  function retryLater({ id, retries = 0 }: JobRecord, afterMs: number): void {
    change(id, { state: 'blocked', blockedOn: 'retry', retries: retries + 1 });
    deps.clock.sleep(Math.min(afterMs * 2 ** retries, LONGEST_RETRY_MS), stopped.signal).then(
      () => {
        if (jobs.get(id)?.blockedOn === 'retry') requeue(id);
      },
      () => undefined, // The station stops; `start` looks at waiting retries again.
    );
  }

  function requeue(id: string): void {
    change(id, { state: 'queued' });
    schedule();
  }

  return {
    register: (kind) => {
      // The runner parses each payload with the kind's own schema before it calls `run`.
      kinds.set(kind.kind, kind as JobKind);
    },
    enqueue: (request) => {
      const kind = kinds.get(request.kind);
      if (kind === undefined) throw new AppError('NOT_FOUND', `no job kind ${request.kind}`, { kind: request.kind });
      const payload = parsePayload(kind, request);
      const now = deps.clock.now();
      const job: JobRecord = {
        id: deps.ids.next(), order: nextOrder, kind: request.kind, title: kind.title(payload), state: 'queued', subject: request.subject, payload,
        ...(request.exclusiveKey === undefined ? {} : { exclusiveKey: request.exclusiveKey }), createdAt: now, updatedAt: now,
      };
      jobs.put(job.id, job);
      nextOrder += 1;
      // After the caller's transaction: what it rolls back was never queued.
      queueMicrotask(() => {
        const stored = stopped.signal.aborted ? undefined : jobs.get(job.id);
        if (stored !== undefined) feed.publish(toView(stored));
        schedule();
      });
      return job.id;
    },
    wake: (blockedOn) => {
      for (const job of jobs.list()) if (job.state === 'blocked' && job.blockedOn === blockedOn) requeue(job.id);
    },
    cancel: (jobId) => {
      const job = jobs.get(jobId);
      if (job === undefined) throw new AppError('NOT_FOUND', `no job ${jobId}`, { jobId });
      if (!isOpen(job)) throw new AppError('JOB_NOT_CANCELLABLE', `job ${jobId} is ${job.state}`, { jobId, state: job.state });
      running.get(jobId)?.abort.abort(new AppError('CONFLICT', 'cancelled by a person', { jobId }));
      change(jobId, { state: 'cancelled' });
    },
    get: (jobId) => {
      const job = jobs.get(jobId);
      return job === undefined ? undefined : withProgress(toView(job));
    },
    list: () => inOrder().reverse().map((job) => withProgress(toView(job))),
    watch: (afterSequence, signal) => feed.watch(afterSequence, AbortSignal.any([signal, stopped.signal])),
    start: () => {
      isStarted = true;
      forgetOldJobs();
      for (const job of jobs.list()) {
        if (job.state === 'running' || job.blockedOn === 'retry') change(job.id, { state: 'queued' });
      }
      schedule();
    },
    stop: async () => {
      stopped.abort();
      for (const { abort } of running.values()) abort.abort(new AppError('RPC_CLOSED', 'the station stops', {}));
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };

  function forgetOldJobs(): void {
    const ended = inOrder().filter((job) => !isOpen(job));
    for (const { id } of ended.slice(0, -KEPT_ENDED_JOBS)) jobs.delete(id);
  }

  function withProgress(view: JobView): JobView {
    const progress = feed.progressOf(view.id);
    return progress === undefined ? view : { ...view, progress };
  }
}

function parsePayload(kind: JobKind, { payload, kind: name }: { payload: unknown; kind: string }): unknown {
  const parsed = kind.payload.safeParse(payload);
  if (!parsed.success) throw new AppError('INPUT_MALFORMED', `the payload of this ${name} job is not of this release's form`, { kind: name }, { cause: parsed.error });
  return parsed.data;
}

function toView({ payload: _payload, exclusiveKey: _key, retries: _retries, order: _order, ...view }: JobRecord): JobView {
  return view;
}
