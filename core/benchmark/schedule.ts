import type { RandomStream } from './random.ts';

/** Arrival times in milliseconds from the start: a Poisson process of `ratePerSecond` over `durationMs`. */
export function poissonSchedule(ratePerSecond: number, durationMs: number, random: RandomStream): number[] {
  const meanGapMs = 1000 / ratePerSecond;
  const arrivals: number[] = [];
  let at = 0;
  for (;;) {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    at += -Math.log(1 - random()) * meanGapMs;
    if (at >= durationMs) return arrivals;
    arrivals.push(at);
  }
}

/** What a load loop needs of the machine: a clock, a way to wait, and the server under test. */
export interface LoadTarget {
  /** Milliseconds from any origin; never backwards. */
  nowMs(): number;
  /** Returns at `atMs` or later. */
  waitUntil(atMs: number): Promise<void>;
  /** One request, answered when it resolves. */
  serve(index: number): Promise<void>;
}

/**
 * Open loop: a request counts from its *scheduled* time, also when the server was still busy and it had to queue.
 * Closed loops hide exactly that wait (coordinated omission).
 */
export async function runOpenLoop(schedule: readonly number[], target: LoadTarget): Promise<number[]> {
  const origin = target.nowMs();
  const latenciesMs: number[] = [];
  for (const [index, at] of schedule.entries()) {
    if (target.nowMs() < origin + at) await target.waitUntil(origin + at);
    await target.serve(index);
    latenciesMs.push(target.nowMs() - origin - at);
  }
  return latenciesMs;
}

/** Closed loop with one outstanding request: the service time. */
export async function runClosedLoop(durationMs: number, target: LoadTarget): Promise<number[]> {
  const origin = target.nowMs();
  const latenciesMs: number[] = [];
  while (target.nowMs() - origin < durationMs) {
    const from = target.nowMs();
    await target.serve(latenciesMs.length);
    latenciesMs.push(target.nowMs() - from);
  }
  return latenciesMs;
}
