import type { IndexedPoint, PointValue } from './ports.ts';

/** What happened between two reports of a stream. */
export interface Delta {
  readonly device: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly endAt: number;
  readonly value: PointValue;
}

/**
 * Turns points into what happened in each interval. Delta points are that already; a cumulative point is compared with the one
 * before it in its stream, and a new start time means that the counter began anew. Precondition: points in order of their end.
 */
export function toDeltas(points: readonly IndexedPoint[]): Delta[] {
  const before = new Map<string, IndexedPoint>();
  return points.flatMap((indexed) => {
    const { device, point } = indexed;
    const { attributes, endAt, temporality, value } = point;
    if (temporality !== 'cumulative') return [{ device, attributes, endAt, value }];
    const stream = `${device} ${point.metric} ${JSON.stringify(attributes)}`;
    const previous = before.get(stream);
    before.set(stream, indexed);
    const base = previous?.point.startAt === point.startAt ? previous.point.value : undefined;
    return [{ device, attributes, endAt, value: base === undefined ? value : difference(value, base) }];
  });
}

function difference(now: PointValue, before: PointValue): PointValue {
  if (now.kind === 'number')
    return { kind: 'number', value: before.kind === 'number' ? Math.max(0, now.value - before.value) : now.value };
  if (before.kind !== 'histogram' || before.bounds.join() !== now.bounds.join()) return now;
  return {
    ...now,
    counts: now.counts.map((count, at) => Math.max(0, count - (before.counts[at] ?? 0))),
    sum: Math.max(0, now.sum - before.sum),
  };
}
