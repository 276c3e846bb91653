import type { JobView, Progress } from '#contracts/jobs.ts';

/** Changes that a late subscriber can still catch up on one by one; older ones arrive as the present state. */
const KEPT_CHANGES = 1000;

interface Change {
  readonly sequence: number;
  readonly job: JobView;
}

export interface JobFeed {
  publish(job: JobView): void;
  /** As `publish`, and remembers the progress for those who ask later. */
  publishProgress(job: JobView): void;
  progressOf(jobId: string): Progress | undefined;
  watch(afterSequence: number, signal: AbortSignal): AsyncIterable<Change>;
}

/** Tells job changes in order, with a sequence to resume after. Lives as long as the process: durable state is in the store. */
export function createJobFeed(): JobFeed {
  const changes: Change[] = [];
  const progress = new Map<string, Progress>();
  const waiting = new Set<() => void>();
  let sequence = 0;

  function publish(job: JobView): void {
    sequence += 1;
    changes.push({ sequence, job });
    if (changes.length > KEPT_CHANGES) changes.shift();
    for (const wake of waiting) wake();
  }

  async function* watch(afterSequence: number, signal: AbortSignal): AsyncIterable<Change> {
    // A sequence from before a restart is ahead of ours: begin anew.
    let seen = afterSequence > sequence ? 0 : afterSequence;
    while (!signal.aborted) {
      for (const change of changes.filter((candidate) => candidate.sequence > seen)) {
        seen = change.sequence;
        yield change;
      }
      if (sequence <= seen) await nextChange(signal);
    }
  }

  function nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  return {
    publish,
    publishProgress: (job) => {
      if (job.progress !== undefined) progress.set(job.id, job.progress);
      publish(job);
    },
    progressOf: (jobId) => progress.get(jobId),
    watch,
  };
}
