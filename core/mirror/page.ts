/** One page of a sorted list. */
export interface Page {
  readonly items: readonly string[];
  /** Give this as `last` for the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/**
 * Pagination of the distribution API: items after `last`, at most `n`. `n=0` is an empty page without a successor.
 * `sorted` is in code unit order, the order that `last` is compared in.
 */
export function pageOf(sorted: readonly string[], query: { n: number | undefined; last: string | undefined }): Page {
  const { n, last } = query;
  const rest = last === undefined ? sorted : sorted.filter((item) => item > last);
  if (n === undefined) return { items: rest, next: undefined };
  const items = rest.slice(0, n);
  return { items, next: items.length > 0 && items.length < rest.length ? items.at(-1) : undefined };
}

/** The `n` of a query: undefined when absent, null when it is no count. */
export function readPageSize(text: string | null): number | undefined | null {
  if (text === null) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
