/** Counts latencies in buckets 1 % wide, so that a percentile of millions is off by 0.5 % at most and costs no memory. */
export interface LatencySketch {
  add(ms: number): void;
  /** Nearest rank over the buckets; null while empty. */
  quantile(p: number): number | null;
  readonly count: number;
}

const WIDTH = Math.log(1.01);
/** One microsecond; below it the clock itself is the error. */
const FLOOR_MS = 0.001;

export function createLatencySketch(): LatencySketch {
  const buckets = new Map<number, number>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(ms) {
      const bucket = Math.floor(Math.log(Math.max(ms, FLOOR_MS)) / WIDTH);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      count += 1;
    },
    quantile(p) {
      const rank = Math.max(1, Math.ceil(p * count - 1e-9));
      let seen = 0;
      for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
        seen += buckets.get(bucket) ?? 0;
        if (seen >= rank) return Math.exp((bucket + 0.5) * WIDTH);
      }
      return null;
    },
  };
}
