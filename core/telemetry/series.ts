import { METRIC_ATTRIBUTES, METRICS, type SeriesQuery, type SeriesResult } from '#contracts/telemetry.ts';
import { toDeltas, type Delta } from './deltas.ts';
import { histogramQuantile, mergeHistograms } from './histogram.ts';
import type { IndexedPoint, PointValue } from './ports.ts';

interface SeriesKind {
  readonly metric: string;
  readonly unit: string;
  /** One number of everything that happened in a step; null is a gap. */
  readonly combine: (values: readonly PointValue[]) => number | null;
}

const quantile =
  (p: number) =>
  (values: readonly PointValue[]): number | null => {
    const merged = mergeHistograms(values.flatMap((value) => (value.kind === 'histogram' ? [value] : [])));
    return merged === undefined ? null : (histogramQuantile(merged, p) ?? null);
  };
const sum = (values: readonly PointValue[]): number => numbersOf(values).reduce((total, value) => total + value, 0);
const mean = (values: readonly PointValue[]): number | null =>
  values.length === 0 ? null : sum(values) / values.length;

/** What each query shows. */
export const SERIES: Readonly<Record<SeriesQuery['metric'], SeriesKind>> = {
  'latency.p50': { metric: METRICS.latency, unit: 'ms', combine: quantile(0.5) },
  'latency.p99': { metric: METRICS.latency, unit: 'ms', combine: quantile(0.99) },
  requests: { metric: METRICS.requests, unit: '1', combine: sum },
  errors: { metric: METRICS.errors, unit: '1', combine: sum },
  doubtful: { metric: METRICS.doubtful, unit: '1', combine: sum },
  rss: { metric: METRICS.rss, unit: 'By', combine: mean },
};

/** Steps that a chart of any width can tell apart. */
const MAX_STEPS = 20_000;

/** Buckets points into steps and groups. A step without a point is null: a gap stays a gap. */
export function buildSeries(query: SeriesQuery, points: readonly IndexedPoint[]): Omit<SeriesResult, 'markers'> {
  const kind = SERIES[query.metric];
  const steps = Math.min(MAX_STEPS, Math.max(1, Math.ceil((query.to - query.from) / query.stepMs)));
  const groups = new Map<string, Map<number, Delta[]>>();
  for (const delta of toDeltas(points, query.from)) {
    const step = Math.floor((delta.endAt - query.from) / query.stepMs);
    if (step < 0 || step >= steps) continue;
    const name = groupOf(delta, query.groupBy);
    const group = groups.get(name) ?? new Map<number, Delta[]>();
    groups.set(name, group);
    const cell = group.get(step);
    if (cell === undefined) group.set(step, [delta]);
    else cell.push(delta);
  }
  const names = [...groups.keys()].sort();
  return {
    at: Array.from({ length: steps }, (_, step) => query.from + step * query.stepMs),
    unit: kind.unit,
    series: names.map((name) => columnsOf(name, groups.get(name) ?? new Map<number, Delta[]>(), { steps, kind })),
  };
}

function columnsOf(
  name: string,
  bySteps: ReadonlyMap<number, readonly Delta[]>,
  shape: { steps: number; kind: SeriesKind },
): SeriesResult['series'][number] {
  const cells = Array.from({ length: shape.steps }, (_, step) => {
    const deltas = bySteps.get(step);
    if (deltas === undefined) return { value: null, min: null, max: null };
    const single = deltas.flatMap((delta) => shape.kind.combine([delta.value]) ?? []);
    return {
      value: shape.kind.combine(deltas.map((delta) => delta.value)),
      min: single.length === 0 ? null : Math.min(...single),
      max: single.length === 0 ? null : Math.max(...single),
    };
  });
  return {
    name,
    values: cells.map((cell) => cell.value),
    min: cells.map((cell) => cell.min),
    max: cells.map((cell) => cell.max),
  };
}

function groupOf(delta: Delta, by: SeriesQuery['groupBy']): string {
  if (by === 'device') return delta.device;
  const model = delta.attributes[METRIC_ATTRIBUTES.model];
  const version = delta.attributes[METRIC_ATTRIBUTES.version];
  return version === undefined ? delta.device : `${model ?? ''} ${version}`.trim();
}

function numbersOf(values: readonly PointValue[]): number[] {
  return values.flatMap((value) => (value.kind === 'number' ? [value.value] : []));
}
