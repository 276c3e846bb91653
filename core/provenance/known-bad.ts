import type { KnownBadEntry } from '#contracts/known-bad.ts';
import type { Part } from './parts-list.ts';

/** Something of a bundle that a list names. */
export interface KnownBadMatch {
  readonly entry: KnownBadEntry;
  readonly what: string;
}

/** Every part and layer that a list names. What cannot be compared (no version, no digest) does not match. */
export function matchKnownBad(
  entries: readonly KnownBadEntry[],
  content: { readonly parts: readonly Part[]; readonly layers: readonly string[] },
): KnownBadMatch[] {
  const byName = groupBy(content.parts, (part) => part.name);
  const byPurl = groupBy(content.parts, (part) => withoutVersion(part.purl ?? ''));
  const bySha = groupBy(content.parts, (part) => part.sha256 ?? '');
  const layers = new Set(content.layers);
  return entries.flatMap((entry) => {
    const matched = (parts: readonly Part[]): KnownBadMatch[] =>
      parts.map((part) => ({ entry, what: `${part.name} ${part.version ?? ''}`.trim() }));
    if (entry.sha256 !== undefined) {
      const layer = layers.has(entry.sha256) ? [{ entry, what: `the layer ${entry.sha256.slice(0, 12)}` }] : [];
      return [...layer, ...matched(bySha.get(entry.sha256) ?? [])];
    }
    if (entry.purl !== undefined) {
      const { purl } = entry;
      const wanted = versionOf(purl);
      const same = byPurl.get(withoutVersion(purl)) ?? [];
      return matched(same.filter((part) => wanted === null || versionOf(part.purl ?? '') === wanted));
    }
    return matched((byName.get(entry.name ?? '') ?? []).filter((part) => versionMatches(entry, part.version)));
  });
}

function versionMatches({ versions = [], from, before }: KnownBadEntry, version: string | null): boolean {
  const isBounded = versions.length > 0 || from !== undefined || before !== undefined;
  if (!isBounded) return true;
  if (version === null) return false;
  if (versions.includes(version)) return true;
  if (from === undefined && before === undefined) return false;
  return (
    (from === undefined || compareVersions(version, from) >= 0) &&
    (before === undefined || compareVersions(version, before) < 0)
  );
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

/** purl: the version stands between the last @ of the path and the qualifiers. */
function versionOf(purl: string): string | null {
  const path = purl.split(/[?#]/)[0] ?? '';
  const at = path.lastIndexOf('@');
  return at > path.lastIndexOf('/') ? decodeURIComponentSafely(path.slice(at + 1)) : null;
}

function withoutVersion(purl: string): string {
  const path = purl.split(/[?#]/)[0] ?? '';
  const at = path.lastIndexOf('@');
  return at > path.lastIndexOf('/') ? path.slice(0, at) : path;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Hostile percent signs are compared as they stand.
    return text;
  }
}

function groupBy(parts: readonly Part[], keyOf: (part: Part) => string): ReadonlyMap<string, readonly Part[]> {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const key = keyOf(part);
    if (key === '') continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  return groups;
}
