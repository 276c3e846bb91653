/** One end of what a range allows; `null` is no end. */
interface Interval {
  readonly from: { readonly version: string; readonly included: boolean } | null;
  readonly to: { readonly version: string; readonly included: boolean } | null;
}

/** Versions that a list names: from one on, below one, or exact ones. Without any bound: every version. */
export interface VersionBounds {
  readonly versions?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly before?: string | undefined;
}

/** Number by number, and text where there is no number; a longer version with the same start is the newer one. */
function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => text.replace(/^v/, '').split(/[.+_-]/));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
    const [a = '', b = ''] = [left?.[at], right?.[at]];
    const areNumbers = /^\d+$/.test(a) && /^\d+$/.test(b);
    const order = areNumbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether one version is among the named ones. */
export function isNamedVersion({ versions = [], from, before }: VersionBounds, version: string): boolean {
  if (versions.includes(version)) return true;
  if (from === undefined && before === undefined) return versions.length === 0;
  return (
    (from === undefined || compareVersions(version, from) >= 0) &&
    (before === undefined || compareVersions(version, before) < 0)
  );
}

/**
 * Whether a part of which only a range is known may be one of the named versions. A range that cannot be read may be any version: a
 * publisher must not slip past a list by writing one that nobody understands.
 */
export function mayBeNamed(bounds: VersionBounds, range: string): boolean {
  const intervals = readRange(range);
  if (intervals === null) return true;
  const { versions = [], from, before } = bounds;
  if (versions.length === 0 && from === undefined && before === undefined) return true;
  const isOpen = from !== undefined || before !== undefined;
  const named: Interval = {
    from: from === undefined ? null : { version: from, included: true },
    to: before === undefined ? null : { version: before, included: false },
  };
  return intervals.some(
    (interval) =>
      versions.some((version) => overlaps(interval, exactly(version))) || (isOpen && overlaps(interval, named)),
  );
}

/** A vers URI (`vers:pypi/>=1.2|<2.0`) as intervals; null when it is not one. Exclusions (`!=`) take nothing away here. */
function readRange(range: string): Interval[] | null {
  const match = /^vers:[a-z][a-z0-9.+-]*\/(.+)$/.exec(range);
  if (match === null) return null;
  const parts = (match[1] ?? '').split('|');
  if (parts.length > MOST_CONSTRAINTS) return null;
  const intervals: Interval[] = [];
  let open: Interval['from'] | undefined;
  for (const part of parts) {
    const [, comparator = '', text = ''] = /^(>=|<=|>|<|!=|=)?(.*)$/.exec(part.trim()) ?? [];
    if (text === '*') return [{ from: null, to: null }];
    if (text === '' || /[<>=!]/.test(text)) return null;
    const end = { version: decoded(text), included: comparator.endsWith('=') };
    if (comparator === '' || comparator === '=') intervals.push(exactly(end.version));
    if (comparator.startsWith('>')) {
      if (open !== undefined) intervals.push({ from: open, to: null });
      open = end;
    }
    if (comparator.startsWith('<')) {
      intervals.push({ from: open ?? null, to: end });
      open = undefined;
    }
  }
  if (open !== undefined) intervals.push({ from: open, to: null });
  return intervals.length === 0 ? [{ from: null, to: null }] : intervals;
}

const MOST_CONSTRAINTS = 200;

function exactly(version: string): Interval {
  return { from: { version, included: true }, to: { version, included: true } };
}

function overlaps(one: Interval, other: Interval): boolean {
  return startsBeforeEnd(one.from, other.to) && startsBeforeEnd(other.from, one.to);
}

function startsBeforeEnd(from: Interval['from'], to: Interval['to']): boolean {
  if (from === null || to === null) return true;
  const order = compareVersions(from.version, to.version);
  return order < 0 || (order === 0 && from.included && to.included);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Hostile percent signs are compared as they stand.
    return text;
  }
}
