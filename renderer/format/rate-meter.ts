/** One look at a moving counter. */
export interface RateSample {
  readonly at: number;
  readonly done: number;
}

/** Five seconds: long enough to calm the figure, short enough to show a slow stick at once. */
const RATE_WINDOW_MS = 5000;

/** Adds a sample and drops what left the window; a counter that went back starts afresh. */
export function withSample(samples: readonly RateSample[], sample: RateSample): readonly RateSample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.done < last.done) return [sample];
  return [...samples.filter((one) => sample.at - one.at <= RATE_WINDOW_MS), sample];
}

/** Units per second over the window; null until two moments are known. */
export function ratePerSecond(samples: readonly RateSample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}

/** Milliseconds to the end at the present rate; null while nothing moves. */
export function remainingMs(samples: readonly RateSample[], total: number): number | null {
  const rate = ratePerSecond(samples);
  const last = samples.at(-1);
  if (rate === null || rate <= 0 || last === undefined) return null;
  return ((total - last.done) / rate) * 1000;
}
