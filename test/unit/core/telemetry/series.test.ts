import { describe, expect, it } from 'vitest';
import { METRIC_ATTRIBUTES, METRICS } from '#contracts/telemetry.ts';
import { buildSeries, histogramQuantile, mergeHistograms, toDeltas, type IndexedPoint } from '#core/telemetry/index.ts';

const aPoint = (endAt: number, counts: number[], change: Partial<IndexedPoint['point']> = {}): IndexedPoint => ({
  device: 'gw-1',
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
});

describe('mergeHistograms', () => {
  it('refuses histograms with other bounds', () => {
    expect(
      mergeHistograms([
        { bounds: [1], counts: [1, 0] },
        { bounds: [2], counts: [1, 0] },
      ]),
    ).toBeUndefined();
  });
});

describe('toDeltas', () => {
  describe('when points are cumulative', () => {
    it('gives what happened between two of them', () => {
      const points = [
        aPoint(1, [2, 0, 0], { temporality: 'cumulative' }),
        aPoint(2, [5, 1, 0], { temporality: 'cumulative' }),
      ];

      const deltas = toDeltas(points).map((delta) => (delta.value.kind === 'histogram' ? delta.value.counts : []));

      expect(deltas).toEqual([
        [2, 0, 0],
        [3, 1, 0],
      ]);
    });

    it('begins anew when the counter was restarted', () => {
      const points = [
        aPoint(1, [9, 0, 0], { temporality: 'cumulative' }),
        aPoint(2, [1, 0, 0], { temporality: 'cumulative', startAt: 1 }),
      ];

      const last = toDeltas(points).at(-1)?.value;

      expect(last).toMatchObject({ counts: [1, 0, 0] });
    });
  });
});

describe('buildSeries', () => {
  it('leaves a step without points as a gap and never interpolates it', () => {
    const query = { metric: 'latency.p50', from: 0, to: 4000, stepMs: 1000, groupBy: 'version' } as const;

    const { series } = buildSeries(query, [aPoint(500, [0, 4, 0]), aPoint(3500, [0, 4, 0])]);

    expect(series).toEqual([
      { name: 'pcb 1.0.0', values: [15, null, null, 15], min: [15, null, null, 15], max: [15, null, null, 15] },
    ]);
  });
});
