import type { JobView, Progress } from '#contracts/jobs.ts';
import type { WireError } from '#contracts/primitives.ts';
import type { z } from 'zod';

/** How a run of a job ended. */
export type JobOutcome =
  | { status: 'done' }
  | { status: 'retry'; afterMs: number }
  | { status: 'blocked'; on: string }
  | { status: 'failed'; error: WireError };

export interface JobContext {
  readonly jobId: string;
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** One kind of durable work. A run must be safe to repeat: after a kill the job starts again from its payload. */
export interface JobKind<S extends z.ZodType = z.ZodType> {
  readonly kind: string;
  readonly payload: S;
  title(payload: z.output<S>): string;
  run(payload: z.output<S>, context: JobContext): Promise<JobOutcome>;
}

/**
 * Durable jobs with resume.
 * INVARIANTS: at most one run per job id; jobs of equal `exclusiveKey` run one after the other; a queued job survives a kill.
 */
export interface JobRunner {
  register<S extends z.ZodType>(kind: JobKind<S>): void;
  /** Writes the job durably (inside the caller's transaction when there is one) and starts it soon. */
  enqueue(request: { kind: string; payload: unknown; subject: string; exclusiveKey?: string }): string;
  /** Starts blocked jobs of this reason again, e.g. `media-removed` when a stick appears. */
  wake(blockedOn: string): void;
  cancel(jobId: string): void;
  get(jobId: string): JobView | undefined;
  list(): JobView[];
  /** Job changes with a rising sequence; resumes after `afterSequence`. */
  watch(afterSequence: number, signal: AbortSignal): AsyncIterable<{ sequence: number; job: JobView }>;
  /** Resumes what was queued or running when the program ended. Called once, after all kinds are registered. */
  start(): void;
  stop(): Promise<void>;
}
