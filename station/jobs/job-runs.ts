import { isErrorCode } from '#contracts/errors/index.ts';
import type { Progress } from '#contracts/jobs.ts';
import type { WireError } from '#contracts/primitives.ts';
import { AppError, assertNever, PROGRESS_INTERVAL_MS, toAppError, type Clock } from '#core/base/index.ts';
import type { JobKind, JobOutcome } from '#core/jobs/ports.ts';
import type { JobFeed } from './job-feed.ts';
import { isOpen, type JobQueue, type JobRecord } from './job-queue.ts';

/** How a run ended: as the kind says, or by its signal before it could say anything. */
type Ending = JobOutcome | { status: 'aborted' };

/** Each further try waits twice as long, up to this. */
const LONGEST_RETRY_MS = 10 * 60_000;

/** After a disk refused the end of a job. */
const SETTLE_AGAIN_MS = 500;

export interface JobRunsDeps {
  readonly queue: JobQueue;
  readonly feed: JobFeed;
  readonly kinds: ReadonlyMap<string, JobKind>;
  readonly clock: Clock;
  /** Jobs at once; import and export share the disk. */
  readonly concurrency: number;
  /** Writes a failure to the log; returns its correlation id. */
  readonly logFailure: (error: unknown, context: string) => string;
  /** Aborted when the station stops. */
  readonly stopped: AbortSignal;
}

/**
 * What runs at the moment.
 * INVARIANTS: at most one run per job; runs of equal exclusive key never overlap, a cancelled one that still ends included.
 */
export class JobRuns {
  readonly #deps: JobRunsDeps;
  readonly #running = new Map<
    string,
    { abort: AbortController; ended: Promise<void>; exclusiveKey: string | undefined }
  >();

  constructor(deps: JobRunsDeps) {
    this.#deps = deps;
  }

  /** Starts what may start, oldest first. */
  schedule(): void {
    if (this.#deps.stopped.aborted) return;
    const busyKeys = new Set([...this.#running.values()].flatMap(({ exclusiveKey }) => exclusiveKey ?? []));
    for (const job of this.#deps.queue.all()) {
      if (this.#running.size >= this.#deps.concurrency) return;
      if (
        job.state !== 'queued' ||
        this.#running.has(job.id) ||
        (job.exclusiveKey !== undefined && busyKeys.has(job.exclusiveKey))
      )
        continue;
      if (job.exclusiveKey !== undefined) busyKeys.add(job.exclusiveKey);
      this.#launch(job);
    }
  }

  /** Tells the run to end; the caller has settled the job or will. */
  abort(jobId: string, reason: AppError): void {
    this.#running.get(jobId)?.abort.abort(reason);
  }

  /** Tells every run to end and waits until each has. */
  async abortAll(reason: AppError): Promise<void> {
    const runs = [...this.#running.values()];
    for (const { abort } of runs) abort.abort(reason);
    await Promise.all(runs.map(({ ended }) => ended));
  }

  #launch(job: JobRecord): void {
    const abort = new AbortController();
    const ended = this.#run(job, abort.signal).then((ending) => {
      this.#running.delete(job.id);
      this.#settleOrLater(job.id, ending, SETTLE_AGAIN_MS);
    });
    this.#running.set(job.id, { abort, ended, exclusiveKey: job.exclusiveKey });
  }

  async #run(job: JobRecord, signal: AbortSignal): Promise<Ending> {
    const { kinds, queue, logFailure } = this.#deps;
    try {
      const kind = kinds.get(job.kind);
      if (kind === undefined)
        throw new AppError('NOT_FOUND', `no job kind ${job.kind} in this release`, { kind: job.kind });
      const payload = parsePayload(kind, job.payload);
      queue.move(job.id, 'running');
      const ending = await kind.run(payload, { jobId: job.id, signal, report: this.#throttledReport(job.id) });
      return ending.status === 'failed' ? { status: 'failed', error: this.#logged(ending.error, job) } : ending;
    } catch (error) {
      if (signal.aborted) return { status: 'aborted' };
      const { code, message, details } = toAppError(error);
      const correlationId = logFailure(error, `job ${job.kind} ${job.id}`);
      return { status: 'failed', error: { code, message, details: { ...details }, correlationId } };
    }
  }

  /** A job that ends with a failure of its own is in the log as well as one that threw. */
  #logged(error: WireError, { id, kind }: JobRecord): WireError {
    const { code, message } = error;
    const cause = new AppError(isErrorCode(code) ? code : 'INTERNAL', message);
    return { ...error, correlationId: this.#deps.logFailure(cause, `job ${kind} ${id}`) };
  }

  /** The disk may refuse this very write: the end of the job is kept in memory and written as soon as the disk takes it. */
  #settleOrLater(id: string, ending: Ending, againMs: number): void {
    const { clock, stopped, logFailure } = this.#deps;
    try {
      this.#settle(id, ending);
      this.schedule();
    } catch (error) {
      logFailure(error, `end of job ${id}`);
      clock.sleep(againMs, stopped).then(
        () => {
          // A run that began meanwhile speaks for itself.
          if (!this.#running.has(id)) this.#settleOrLater(id, ending, Math.min(againMs * 2, LONGEST_RETRY_MS));
        },
        () => undefined, // The station stops: the next start takes up what has no end yet.
      );
    }
  }

  #settle(id: string, ending: Ending): void {
    const { queue } = this.#deps;
    const job = queue.get(id);
    // A cancelled job was settled by the person who cancelled it, whatever its run came to afterwards.
    if (job === undefined || !isOpen(job)) return;
    switch (ending.status) {
      case 'done':
        queue.move(id, 'done');
        return;
      case 'failed':
        queue.move(id, 'failed', { error: ending.error });
        return;
      case 'blocked':
        queue.move(id, 'blocked', { blockedOn: ending.on, retries: 0 });
        return;
      case 'retry':
        this.#retryLater(job, ending.afterMs);
        return;
      case 'aborted':
        // A stopping station leaves what it broke off queued: it goes on at the next start.
        queue.move(id, 'queued');
        return;
      default:
        assertNever(ending, 'ending of a job');
    }
  }

  #retryLater({ id, retries = 0 }: JobRecord, afterMs: number): void {
    const { queue, clock, stopped } = this.#deps;
    queue.move(id, 'blocked', { blockedOn: 'retry', retries: retries + 1 });
    clock.sleep(Math.min(afterMs * 2 ** retries, LONGEST_RETRY_MS), stopped).then(
      () => {
        if (queue.get(id)?.blockedOn !== 'retry') return;
        queue.move(id, 'queued');
        this.schedule();
      },
      () => undefined, // The station stops; the next start looks at waiting retries again.
    );
  }

  /** Progress at most four times a second; the last report of a step always goes out. */
  #throttledReport(id: string): (progress: Progress) => void {
    const { clock, queue, feed } = this.#deps;
    let lastAt = Number.NEGATIVE_INFINITY;
    let lastStep: string | undefined;
    return (progress) => {
      const now = clock.monotonicMs();
      if (now - lastAt < PROGRESS_INTERVAL_MS && progress.step === lastStep && progress.done !== progress.total) return;
      lastAt = now;
      lastStep = progress.step;
      const job = queue.get(id);
      if (job !== undefined) feed.publishProgress({ ...queue.view(job), progress });
    };
  }
}

/** Untrusted: `payload` may be of another release. */
export function parsePayload(kind: JobKind, payload: unknown): unknown {
  const parsed = kind.payload.safeParse(payload);
  if (!parsed.success)
    throw new AppError(
      'INPUT_MALFORMED',
      `the payload of this ${kind.kind} job is not of this release's form`,
      { kind: kind.kind },
      { cause: parsed.error },
    );
  return parsed.data;
}
