import { describe, expect, it } from 'vitest';
import {
  nearestRank,
  poissonSchedule,
  runClosedLoop,
  runOpenLoop,
  seededRandom,
  type LoadTarget,
} from '#core/benchmark/index.ts';

/** A server of 1 ms that stalls once for 2 s, on a clock of its own. */
function stallingServer(stallAtMs: number): LoadTarget {
  let now = 0;
  let hasStalled = false;
  return {
    nowMs: () => now,
    waitUntil: (at) => {
      now = at;
      return Promise.resolve();
    },
    serve: () => {
      if (!hasStalled && now >= stallAtMs) {
        hasStalled = true;
        now += 2000;
      }
      now += 1;
      return Promise.resolve();
    },
  };
}

/** 100 requests a second, evenly spaced. */
const everyTenMs = (durationMs: number): number[] => Array.from({ length: durationMs / 10 }, (_, index) => index * 10);
const sorted = (samples: number[]): number[] => samples.sort((a, b) => a - b);

describe('runOpenLoop', () => {
  describe('when a server of 1 ms stalls once for 2 s under 100 requests a second for a minute', () => {
    it('shows the honest tail: p99 1,461 ms and p99.9 1,956 ms within 2 %', async () => {
      const latencies = sorted(await runOpenLoop(everyTenMs(60_000), stallingServer(30_000)));

      expect(latencies).toHaveLength(6000);
      expect(Math.abs(nearestRank(latencies, 0.99) - 1461) / 1461).toBeLessThan(0.02);
      expect(Math.abs(nearestRank(latencies, 0.999) - 1956) / 1956).toBeLessThan(0.02);
    });
  });
});

describe('runClosedLoop', () => {
  describe('when the same server stalls', () => {
    it('hides the stall from p99, which is why it is only called service time', async () => {
      const latencies = sorted(await runClosedLoop(60_000, stallingServer(30_000)));

      expect(nearestRank(latencies, 0.99)).toBe(1);
      expect(latencies.at(-1)).toBe(2001);
    });
  });
});

describe('poissonSchedule', () => {
  it('is the same for the same seed and another for another', () => {
    const first = poissonSchedule(50, 10_000, seededRandom(7));

    expect(poissonSchedule(50, 10_000, seededRandom(7))).toEqual(first);
    expect(poissonSchedule(50, 10_000, seededRandom(8))).not.toEqual(first);
  });

  it('has the mean and the spread of exponential gaps', () => {
    const arrivals = poissonSchedule(100, 600_000, seededRandom(1));
    const gaps = arrivals.map((at, index) => at - (arrivals[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);

    expect(Math.abs(arrivals.length - 60_000)).toBeLessThan(4 * Math.sqrt(60_000));
    expect(deviation / mean).toBeCloseTo(1, 1);
  });
});
