import type { Progress } from '#contracts/jobs.ts';

/** A few seconds of history: old enough to be calm, young enough to follow another stick. */
const WINDOW_MS = 5_000;
/** No estimate from a moment's burst. */
const MIN_SPAN_MS = 1_000;

/** Honest progress: durable bytes, and a remaining time only when there is a measured rate. */
export function createByteProgress(totalBytes: number): { note(doneBytes: number, monotonicMs: number): Progress } {
  let seen: { at: number; done: number }[] = [];
  return {
    note: (doneBytes, monotonicMs) => {
      seen = [...seen.filter((entry) => monotonicMs - entry.at <= WINDOW_MS), { at: monotonicMs, done: doneBytes }];
      const oldest = seen[0];
      const span = oldest === undefined ? 0 : monotonicMs - oldest.at;
      const gained = oldest === undefined ? 0 : doneBytes - oldest.done;
      const progress: Progress = { done: doneBytes, total: totalBytes, unit: 'bytes' };
      if (span < MIN_SPAN_MS || gained <= 0) return progress;
      return { ...progress, etaSeconds: Math.ceil(((totalBytes - doneBytes) * span) / gained / 1000) };
    },
  };
}
