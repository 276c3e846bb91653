import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_ATTRIBUTES, METRICS, type SeriesQuery } from '#contracts/telemetry.ts';
import { buildSeries, histogramQuantile, mergeHistograms, toDeltas, type IndexedPoint } from '#core/telemetry/index.ts';

const aPoint = (
  endAt: number,
  counts: number[],
  change: Partial<IndexedPoint['point']> = {},
  device = 'gw-1',
): IndexedPoint => ({
  device,
  seq: endAt,
  point: {
    metric: METRICS.latency,
    attributes: { [METRIC_ATTRIBUTES.model]: 'pcb', [METRIC_ATTRIBUTES.version]: '1.0.0' },
    startAt: 0,
    endAt,
    temporality: 'delta',
    value: { kind: 'histogram', bounds: [10, 20], counts, sum: 0 },
    ...change,
  },
});
const aCount = (endAt: number, value: number, change: Partial<IndexedPoint['point']> = {}): IndexedPoint =>
  aPoint(endAt, [], { metric: METRICS.requests, value: { kind: 'number', value }, ...change });
const numbers = (points: readonly IndexedPoint[], knownFrom = 0): number[] =>
  toDeltas(points, knownFrom).map(({ value }) => (value.kind === 'number' ? value.value : Number.NaN));

describe('histogramQuantile', () => {
  it.each([
    ['inside a bucket', [0, 10, 0], 0.5, 15],
    ['in the first bucket, from zero', [10, 0, 0], 0.5, 5],
    ['in the open last bucket, its lower bound', [0, 0, 4], 0.99, 20],
    ['at the edge of two buckets', [5, 5, 0], 0.5, 10],
  ])('interpolates %s', (_where, counts, p, expected) => {
    expect(histogramQuantile({ bounds: [10, 20], counts }, p)).toBeCloseTo(expected, 9);
  });

  it('has no answer for an empty histogram', () => {
    expect(histogramQuantile({ bounds: [10], counts: [0, 0] }, 0.5)).toBeUndefined();
  });

  it('stays in the bucket of the true quantile, for any values', () => {
    const bounds = [1, 2, 5, 10, 50];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 50, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (values, p) => {
          const counts = [...bounds, Infinity].map(
            (bound, at) => values.filter((value) => value <= bound && value > (bounds[at - 1] ?? 0)).length,
          );
          const truth = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(p * values.length) - 1)] ?? 0;
          const bucket = bounds.findIndex((bound) => truth <= bound);

          const estimate = histogramQuantile({ bounds, counts }, p) ?? -1;

          expect(estimate).toBeGreaterThanOrEqual(bounds[bucket - 1] ?? 0);
          expect(estimate).toBeLessThanOrEqual(bounds[bucket] ?? Infinity);
        },
      ),
    );
  });
});

describe('mergeHistograms', () => {
  it('adds counts bucket by bucket', () => {
    const merged = mergeHistograms([
      { bounds: [1], counts: [1, 2] },
      { bounds: [1], counts: [3, 4] },
    ]);

    expect(merged).toEqual({ bounds: [1], counts: [4, 6] });
  });

  it('refuses histograms with other bounds', () => {
    const merged = mergeHistograms([
      { bounds: [1], counts: [1, 0] },
      { bounds: [2], counts: [1, 0] },
    ]);

    expect(merged).toBeUndefined();
  });
});

describe('toDeltas', () => {
  const cumulative = { temporality: 'cumulative', startAt: 100 } as const;

  it('gives what happened between two cumulative histograms', () => {
    const points = [aPoint(101, [2, 0, 0], cumulative), aPoint(102, [5, 1, 0], cumulative)];

    const deltas = toDeltas(points, 100).map(({ value }) => (value.kind === 'histogram' ? value.counts : []));

    expect(deltas).toEqual([
      [2, 0, 0],
      [3, 1, 0],
    ]);
  });

  it('does not take what was counted before the window for what happened in it', () => {
    const points = [aCount(500, 1_000_000, cumulative), aCount(600, 1_000_007, cumulative)];

    expect(numbers(points, 400)).toEqual([7]);
  });

  it('begins anew when the counter was restarted, told or not', () => {
    const points = [
      aCount(101, 9, cumulative),
      aCount(102, 4, { ...cumulative, startAt: 101 }),
      aCount(103, 1, { ...cumulative, startAt: 101 }),
    ];

    expect(numbers(points)).toEqual([9, 4, 1]);
  });

  it('keeps streams apart by device and attributes', () => {
    const other = { ...cumulative, attributes: { [METRIC_ATTRIBUTES.version]: '2.0.0' } };

    expect(
      numbers([aCount(101, 5, cumulative), aCount(101, 50, other), aCount(102, 6, cumulative), aCount(102, 52, other)]),
    ).toEqual([5, 50, 1, 2]);
  });

  it('sums to the same total from delta and from cumulative reports', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }), (steps) => {
        let total = 0;
        const asCumulative = steps.map((step, at) => aCount(101 + at, (total += step), cumulative));
        const asDelta = steps.map((step, at) => aCount(101 + at, step));

        expect(numbers(asCumulative)).toEqual(numbers(asDelta));
      }),
    );
  });
});

describe('buildSeries', () => {
  const query: SeriesQuery = { metric: 'latency.p50', from: 0, to: 4000, stepMs: 1000, groupBy: 'version' };

  it('leaves a step without points as a gap and never interpolates it', () => {
    const { series, at, unit } = buildSeries(query, [aPoint(500, [0, 4, 0]), aPoint(3500, [0, 4, 0])]);

    expect(at).toEqual([0, 1000, 2000, 3000]);
    expect(unit).toBe('ms');
    expect(series).toEqual([
      { name: 'pcb 1.0.0', values: [15, null, null, 15], min: [15, null, null, 15], max: [15, null, null, 15] },
    ]);
  });

  it('merges the histograms of a group before it takes the percentile', () => {
    const points = [aPoint(100, [99, 0, 0], {}, 'gw-1'), aPoint(200, [0, 0, 1], {}, 'gw-2')];

    const [series] = buildSeries({ ...query, metric: 'latency.p99' }, points).series;

    // The mean of both p99 would be 15: that is nobody's p99.
    expect(series?.values[0]).toBeCloseTo(10, 9);
    expect([series?.min[0], series?.max[0]]).toEqual([expect.closeTo(9.9, 9), 20]);
  });

  it('groups by version or by device', () => {
    const newer = { attributes: { [METRIC_ATTRIBUTES.model]: 'pcb', [METRIC_ATTRIBUTES.version]: '1.1.0' } };
    const points = [aPoint(100, [1, 0, 0]), aPoint(200, [1, 0, 0], newer, 'gw-2')];
    const names = (groupBy: SeriesQuery['groupBy']): string[] =>
      buildSeries({ ...query, groupBy }, points).series.map(({ name }) => name);

    expect(names('version')).toEqual(['pcb 1.0.0', 'pcb 1.1.0']);
    expect(names('device')).toEqual(['gw-1', 'gw-2']);
  });

  it('counts only what ends in the window', () => {
    const points = [aCount(-1, 5), aCount(0, 1), aCount(3999, 2), aCount(4000, 7)];

    expect(buildSeries({ ...query, metric: 'requests' }, points).series[0]?.values).toEqual([1, null, null, 2]);
  });
});
