import { nearestRank } from './percentiles.ts';

/** Figures of one warm-up window. */
export interface Window {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

/** Three windows in a row must agree this well (stricter than perf_analyzer, whose 10 % on p50 lets slow drift pass). */
const STABILITY = { windows: 3, maxWindows: 20, p50Ratio: 0.03, p99Ratio: 0.1, minRequests: 100 } as const;

export type Stability = 'warming' | 'stable' | 'unstable';

/** Summary of a window's raw samples; null for an empty one. */
export function windowOf(samplesMs: readonly number[]): Window | null {
  if (samplesMs.length === 0) return null;
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return { p50Ms: nearestRank(sorted, 0.5), p99Ms: nearestRank(sorted, 0.99), requests: sorted.length };
}

/** Whether the warm-up may end. It never becomes stable by running out of windows. */
export function judgeStability(windows: readonly Window[]): Stability {
  const last = windows.slice(-STABILITY.windows);
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  const enough = last.length === STABILITY.windows && requests >= STABILITY.minRequests;
  if (
    enough &&
    within(
      last.map((w) => w.p50Ms),
      STABILITY.p50Ratio,
    ) &&
    within(
      last.map((w) => w.p99Ms),
      STABILITY.p99Ratio,
    )
  )
    return 'stable';
  return windows.length >= STABILITY.maxWindows ? 'unstable' : 'warming';
}

function within(values: readonly number[], ratio: number): boolean {
  const low = Math.min(...values);
  return Math.max(...values) - low <= low * ratio;
}
