import { join } from 'node:path';
import { AppError, type Clock } from '#core/base/index.ts';
import type { JobContext, JobOutcome, JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { z } from 'zod';

const CopyPayload = z.object({ name: z.string() });

/** What the one job kind of a test does when it runs. */
export type CopyWork = (name: string, context: JobContext) => Promise<JobOutcome>;

export interface JobRig {
  readonly jobs: JobRunner;
  readonly store: StationStore;
  /** Names in the order in which their runs began. */
  readonly began: string[];
  readonly failures: unknown[];
  enqueue(name: string, exclusiveKey?: string): string;
  /** Waits until the job is in this state. */
  reach(jobId: string, state: string): Promise<void>;
  close(): Promise<void>;
}

/** A runner on a real database; opening the same folder again is a restart of the station. */
export function openJobs(
  folder: string,
  work: CopyWork,
  options: { concurrency?: number; clock?: Clock; isStarted?: boolean; refuses?: (job: unknown) => boolean } = {},
): JobRig {
  const clock = options.clock ?? systemClock;
  const ids = randomIds(systemClock);
  const store = openStationStore({ path: join(folder, 'station.db'), clock, ids, hasher: nodeHasher });
  const failures: unknown[] = [];
  const began: string[] = [];
  const jobs = createJobRunner({
    store: options.refuses === undefined ? store : refusing(store, options.refuses),
    clock,
    ids,
    concurrency: options.concurrency ?? 2,
    logFailure: (error) => {
      failures.push(error);
      return 'correlation-1';
    },
  });
  jobs.register({
    kind: 'copy',
    payload: CopyPayload,
    title: ({ name }) => `copy ${name}`,
    run: (payload, context) => {
      began.push(payload.name);
      return work(payload.name, context);
    },
  });
  if (options.isStarted !== false) jobs.start();
  return {
    jobs,
    store,
    began,
    failures,
    enqueue: (name, exclusiveKey) =>
      jobs.enqueue({
        kind: 'copy',
        payload: { name },
        subject: name,
        ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
      }),
    reach: async (jobId, state) => {
      const deadline = systemClock.monotonicMs() + 20_000;
      while (jobs.get(jobId)?.state !== state) {
        if (systemClock.monotonicMs() > deadline)
          throw new Error(`job is ${String(jobs.get(jobId)?.state)}, not ${state}`);
        await systemClock.sleep(2);
      }
    },
    close: async () => {
      await jobs.stop();
      store.close();
    },
  };
}

/** A store whose disk refuses some records. */
function refusing(store: StationStore, refuses: (record: unknown) => boolean): StationStore {
  return {
    ...store,
    documents: (kind, schema) => {
      const documents = store.documents(kind, schema);
      return {
        ...documents,
        put: (id, record) => {
          if (refuses(record)) throw new AppError('DISK_FAILED', 'station.db: EIO');
          documents.put(id, record);
        },
      };
    },
  };
}

/** A run that ends when the test says so, or when it is told to stop. */
export function gate(): { passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    passed,
    open: () => {
      open();
    },
  };
}

/** Waits for the gate as honest work does: a signal ends it. */
export function untilOpen(passed: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    void passed.then(resolve);
  });
}
