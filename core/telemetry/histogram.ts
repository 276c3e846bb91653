/** A histogram with explicit bounds: `counts[i]` are values in (bounds[i−1], bounds[i]], the last one is open above. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Adds counts bucket by bucket; histograms with other bounds cannot be merged and give undefined. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram | undefined {
  const first = histograms[0];
  if (first === undefined) return undefined;
  const key = first.bounds.join();
  if (histograms.some((histogram) => histogram.bounds.join() !== key)) return undefined;
  return {
    bounds: first.bounds,
    counts: first.counts.map((_, at) => histograms.reduce((sum, histogram) => sum + (histogram.counts[at] ?? 0), 0)),
  };
}

/**
 * The p-quantile by linear interpolation inside its bucket (the method of Prometheus' histogram_quantile). In the open last bucket the
 * answer is its lower bound: the value is at least that. Undefined for an empty histogram.
 */
export function histogramQuantile(histogram: Histogram, p: number): number | undefined {
  const total = histogram.counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = p * total;
  let below = 0;
  for (const [at, count] of histogram.counts.entries()) {
    if (below + count >= rank && count > 0) {
      const lower = at === 0 ? 0 : (histogram.bounds[at - 1] ?? 0);
      const upper = histogram.bounds[at];
      return upper === undefined ? lower : lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return undefined;
}
