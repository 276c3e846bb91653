import { z } from 'zod';
import { Id, Instant, WireError } from './primitives.ts';

/** Honest progress about one target; `total` is absent while it is unknown. */
export const Progress = z.object({
  done: z.number(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'items', 'steps', 'seconds']),
  /** Message key of the present step, for the catalogue of texts. */
  step: z.string().optional(),
  etaSeconds: z.number().optional(),
});
export type Progress = z.infer<typeof Progress>;

export const JobState = z.enum(['queued', 'running', 'blocked', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

/** A durable job as the screens and the command line see it. */
export const JobView = z.object({
  id: Id,
  kind: z.string(),
  title: z.string(),
  state: JobState,
  progress: Progress.optional(),
  /** Why it waits: `media-removed`, `device-unreachable` … */
  blockedOn: z.string().optional(),
  error: WireError.optional(),
  /** What the job was about, e.g. an import id. */
  subject: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type JobView = z.infer<typeof JobView>;
