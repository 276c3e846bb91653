export const RANGES = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '6h': 6 * 3_600_000,
  '24h': 24 * 3_600_000,
  '7d': 7 * 24 * 3_600_000,
} as const;
export type RangeId = keyof typeof RANGES;

const IDS = Object.keys(RANGES) as RangeId[];

/** The range in the address; an unknown one is the default hour. */
export function rangeOf(params: URLSearchParams): RangeId {
  return IDS.find((id) => id === params.get('range')) ?? '1h';
}

/** About 240 points across a panel: more than its pixels would only cost. */
export function stepFor(spanMs: number): number {
  const wanted = spanMs / 240;
  return [1000, 5000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000].find((step) => step >= wanted) ?? 3_600_000;
}

/** The window ends on a step, so that one range asks the same question for a whole step and the cache can answer it. */
export function windowOf(id: RangeId, now: number): { from: number; to: number; stepMs: number } {
  const stepMs = stepFor(RANGES[id]);
  const to = Math.ceil(now / stepMs) * stepMs;
  return { from: to - RANGES[id], to, stepMs };
}
