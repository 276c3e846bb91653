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
 * before it in its stream. Its first one counts from its start, if that start is known to lie at or after `knownFrom`: what a stream
 * had counted before we look is not what happened since. Precondition: points in order of their end.
 */
export function toDeltas(points: readonly IndexedPoint[], knownFrom: number): Delta[] {
  const before = new Map<string, IndexedPoint>();
  return points.flatMap((indexed) => {
    const { device, point } = indexed;
    const { attributes, endAt, startAt, temporality, value } = point;
    if (temporality !== 'cumulative') return [{ device, attributes, endAt, value }];
    const stream = `${device} ${point.metric} ${JSON.stringify(attributes)}`;
    const previous = before.get(stream)?.point;
    before.set(stream, indexed);
    if (previous === undefined && startAt < knownFrom) return [];
    const isRestarted = previous === undefined || previous.startAt !== startAt;
    return [{ device, attributes, endAt, value: isRestarted ? value : difference(value, previous.value) }];
  });
}

/** A count that fell without a new start time was restarted by a sender that does not tell: what it shows is new. */
function difference(now: PointValue, before: PointValue): PointValue {
  if (now.kind === 'number') {
    return before.kind !== 'number' || now.value < before.value
      ? now
      : { kind: 'number', value: now.value - before.value };
  }
  if (before.kind !== 'histogram' || before.bounds.join() !== now.bounds.join()) return now;
  const counts = now.counts.map((count, at) => count - (before.counts[at] ?? 0));
  return counts.some((count) => count < 0) ? now : { ...now, counts, sum: now.sum - before.sum };
}
