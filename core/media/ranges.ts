/** Half-open byte range `[start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What of `range` is not covered by `covered` (sorted, non-overlapping), in order. */
export function subtractRanges(range: ByteRange, covered: readonly ByteRange[]): ByteRange[] {
  const open: ByteRange[] = [];
  let at = range.start;
  for (const { start, end } of covered) {
    if (end <= at) continue;
    if (start >= range.end) break;
    if (start > at) open.push({ start: at, end: Math.min(start, range.end) });
    at = Math.max(at, end);
  }
  if (at < range.end) open.push({ start: at, end: range.end });
  return open;
}

/** Bytes in all of the ranges. */
export function bytesIn(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + (end - start), 0);
}
