import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { earlyStoppingMinimum, nearestRank, rankInterval, statePercentiles } from '#core/benchmark/index.ts';

describe('nearestRank', () => {
  it('takes x[ceil(p·N)] of the sorted samples', () => {
    const samples = Array.from({ length: 100 }, (_, index) => index + 1);

    expect(nearestRank(samples, 0.5)).toBe(50);
    expect(nearestRank(samples, 0.99)).toBe(99);
    expect(nearestRank(samples, 0.999)).toBe(100);
    expect(nearestRank([7], 0.01)).toBe(7);
  });
});

describe('rankInterval', () => {
  it.each([
    [300, 293, null],
    [500, 490, 500],
    [1000, 983, 997],
    [3000, 2959, 2981],
    [10_000, 9880, 9920],
    [30_000, 29_666, 29_734],
  ])('states the 95 %% ranks of p99 for N = %i', (n, low, high) => {
    expect(rankInterval(n, 0.99)).toEqual({ low, high });
  });
});

describe('earlyStoppingMinimum', () => {
  it.each([
    [0.9, 0, 44],
    [0.9, 1, 64],
    [0.9, 10, 197],
    [0.95, 1, 130],
    [0.95, 20, 656],
    [0.99, 0, 459],
    [0.99, 1, 662],
    [0.99, 2, 838],
    [0.99, 5, 1307],
    [0.99, 100, 12_571],
    [0.999, 1, 6636],
  ])('needs for p = %d with t = %i the published number of queries', (p, t, queries) => {
    expect(earlyStoppingMinimum(p, t)).toBe(queries);
  });
});

describe('statePercentiles', () => {
  describe('when the sample is below the early-stopping minimum', () => {
    it('states nothing for that percentile', () => {
      const samples = Array.from({ length: 661 }, (_, index) => index);

      const [p50, p99] = statePercentiles(samples, [0.5, 0.99]);

      expect(p50?.valueMs).toBe(330);
      expect(p99).toEqual({ p: 0.99, valueMs: null, lowMs: null, highMs: null });
    });
  });

  it('encloses every stated value in its interval', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 11, maxLength: 900 }),
        (samples) => {
          for (const { valueMs, lowMs, highMs } of statePercentiles(samples)) {
            if (valueMs === null) continue;
            expect(lowMs ?? valueMs).toBeLessThanOrEqual(valueMs);
            expect(highMs ?? valueMs).toBeGreaterThanOrEqual(valueMs);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
