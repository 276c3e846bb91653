import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { JobKind, JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { createJobFeed } from './job-feed.ts';
import { isOpen, openJobQueue, type JobRecord } from './job-queue.ts';
import { JobRuns, parsePayload, type JobRunsDeps } from './job-runs.ts';

export interface JobRunnerDeps extends Pick<JobRunsDeps, 'concurrency' | 'logFailure'> {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** See `JobRunner`. Kinds are registered first; nothing runs before `start`. */
export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const feed = createJobFeed();
  const queue = openJobQueue({ ...deps, feed });
  const kinds = new Map<string, JobKind>();
  const stopped = new AbortController();
  const runs = new JobRuns({ ...deps, queue, feed, kinds, stopped: stopped.signal });
  let isStarted = false;

  function schedule(): void {
    if (isStarted) runs.schedule();
  }

  return {
    register: (kind) => {
      kinds.set(kind.kind, kind);
    },
    enqueue: ({ kind: name, payload, subject, exclusiveKey }) => {
      const kind = kinds.get(name);
      if (kind === undefined) throw new AppError('NOT_FOUND', `no job kind ${name}`, { kind: name });
      const parsed = parsePayload(kind, payload);
      const id = deps.ids.next();
      queue.add({
        id,
        kind: name,
        title: kind.title(parsed),
        subject,
        payload: parsed,
        ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
      });
      // After the caller's transaction: what it rolls back was never queued.
      queueMicrotask(() => {
        if (stopped.signal.aborted) return;
        queue.announce(id);
        schedule();
      });
      return id;
    },
    wake: (blockedOn) => {
      for (const job of queue.all())
        if (job.state === 'blocked' && job.blockedOn === blockedOn) queue.move(job.id, 'queued');
      schedule();
    },
    cancel: (jobId) => {
      const job = queue.get(jobId);
      if (job === undefined) throw new AppError('NOT_FOUND', `no job ${jobId}`, { jobId });
      if (!isOpen(job))
        throw new AppError('JOB_NOT_CANCELLABLE', `job ${jobId} is ${job.state}`, { jobId, state: job.state });
      queue.move(jobId, 'cancelled');
      runs.abort(jobId, new AppError('CONFLICT', 'cancelled by a person', { jobId }));
    },
    get: (jobId) => {
      const job = queue.get(jobId);
      return job === undefined ? undefined : queue.view(job);
    },
    list: () => queue.all().reverse().map(queue.view),
    watch: (afterSequence, signal) => feed.watch(afterSequence, AbortSignal.any([signal, stopped.signal])),
    start: () => {
      isStarted = true;
      queue.forgetOld();
      for (const job of queue.all().filter(wasBrokenOff)) queue.move(job.id, 'queued');
      schedule();
    },
    stop: async () => {
      stopped.abort();
      await runs.abortAll(new AppError('RPC_CLOSED', 'the station stops', {}));
    },
  };
}

/** By a kill, or by the end of the station while it waited for its next try. */
function wasBrokenOff(job: JobRecord): boolean {
  return job.state === 'running' || job.blockedOn === 'retry';
}
