import type { Percentile } from '#contracts/benchmark.ts';
import { binomialCdf } from './binomial.ts';

/** The percentiles that every result states. */
const STATED_PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/** Error probability that early stopping allows (MLPerf inference rules, c = 0.99). */
const EARLY_STOPPING_ERROR = 0.01;

/** Half of what a two-sided 95 % interval leaves out. */
const TAIL = 0.025;

/** Nearest rank `x[ceil(p·N)]`, one-based. Precondition: `sortedMs` ascends and is not empty. */
export function nearestRank(sortedMs: readonly number[], p: number): number {
  const rank = Math.max(1, rankOf(sortedMs.length, p));
  return sortedMs[rank - 1] ?? Number.NaN;
}

/** p·N in binary floating point may end a hair above an integer; the hair is not a rank. */
function rankOf(n: number, p: number): number {
  return Math.ceil(p * n - 1e-9);
}

/**
 * Ranks (one-based) between which the true percentile lies with 95 % confidence, whatever the distribution
 * (order statistics, binomial). Null where the sample has no such rank: N = 300 gives p99 no upper bound.
 */
export function rankInterval(n: number, p: number): { low: number | null; high: number | null } {
  const cdf = binomialCdf(n, p);
  const low = cdf.findIndex((share) => share >= TAIL);
  const high = cdf.findIndex((share) => share >= 1 - TAIL) + 1;
  return { low: low < 1 ? null : low, high: high < 1 || high > n ? null : high };
}

/**
 * Queries needed before a percentile may be stated, with `t` worse ones allowed beyond it: the smallest h + t with
 * I(p; h, t + 1) ≤ 0.01 (MLPerf early stopping with d = 0). p99 and t = 1 give 662, the official minimum.
 */
export function earlyStoppingMinimum(p: number, t = 1): number {
  const logP = Math.log(p);
  const logQ = Math.log1p(-p);
  // P(at most t of n lie beyond p), grown from n = t + 1 upward; it only falls.
  for (let n = t + 1; ; n += 1) {
    let logChoose = 0;
    let sum = Math.exp(n * logP);
    for (let k = 1; k <= t; k += 1) {
      logChoose += Math.log((n - k + 1) / k);
      sum += Math.exp(logChoose + (n - k) * logP + k * logQ);
    }
    if (sum <= EARLY_STOPPING_ERROR) return n;
  }
}

/** States the percentiles of raw samples; one below its early-stopping minimum is null, never a guess. */
export function statePercentiles(
  samplesMs: readonly number[],
  ps: readonly number[] = STATED_PERCENTILES,
): Percentile[] {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return ps.map((p) => statePercentile(sorted, p));
}

function statePercentile(sortedMs: readonly number[], p: number): Percentile {
  if (sortedMs.length < earlyStoppingMinimum(p)) return { p, valueMs: null, lowMs: null, highMs: null };
  const { low, high } = rankInterval(sortedMs.length, p);
  return {
    p,
    valueMs: nearestRank(sortedMs, p),
    lowMs: low === null ? null : (sortedMs[low - 1] ?? null),
    highMs: high === null ? null : (sortedMs[high - 1] ?? null),
  };
}
