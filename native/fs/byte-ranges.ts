/** Half-open byte range `[start, end)`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Joins a range into a sorted list without overlaps. */
export function addRange(ranges: readonly Range[], added: Range): Range[] {
  if (added.start === added.end) return [...ranges];
  const apart = ranges.filter((range) => range.end < added.start || range.start > added.end);
  const touching = ranges.filter((range) => range.end >= added.start && range.start <= added.end);
  const joined = {
    start: Math.min(added.start, ...touching.map((range) => range.start)),
    end: Math.max(added.end, ...touching.map((range) => range.end)),
  };
  return [...apart, joined].sort((a, b) => a.start - b.start);
}

/** How far content reaches from its beginning without a hole. */
export function prefixEnd(ranges: readonly Range[]): number {
  const [first] = ranges;
  return first?.start === 0 ? first.end : 0;
}

export function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + (end - start), 0);
}
