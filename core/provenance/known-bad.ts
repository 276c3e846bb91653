import type { KnownBadEntry } from '#contracts/known-bad.ts';
import type { Part } from './parts-list.ts';
import { isNamedVersion, mayBeNamed } from './version-range.ts';

/** Something of a bundle that a list names. */
export interface KnownBadMatch {
  readonly entry: KnownBadEntry;
  readonly what: string;
}

/** Every part and layer that a list names. What cannot be compared (neither version nor range, no digest) does not match. */
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
      if (wanted === null) return matched(same.filter((part) => versionMatches(entry, withPurlVersion(part))));
      return matched(same.filter((part) => isVersionOf(part, wanted)));
    }
    return matched((byName.get(entry.name ?? '') ?? []).filter((part) => versionMatches(entry, part)));
  });
}

/** A part without a version is not told apart from a good one, and one of a range counts when it may be a named one. */
function versionMatches(entry: KnownBadEntry, part: Pick<Part, 'version' | 'versionRange'>): boolean {
  const { versions = [], from, before } = entry;
  if (versions.length === 0 && from === undefined && before === undefined) return true;
  if (part.version !== null) return isNamedVersion(entry, part.version);
  return part.versionRange !== null && mayBeNamed(entry, part.versionRange);
}

/** purl: the version stands between the last @ of the path and the qualifiers. */
function versionOf(purl: string): string | null {
  const path = purl.split(/[?#]/)[0] ?? '';
  const at = path.lastIndexOf('@');
  return at > path.lastIndexOf('/') ? decodeURIComponentSafely(path.slice(at + 1)) : null;
}

/** A package URL names its version itself, or leaves it to the part. */
function withPurlVersion(part: Part): Pick<Part, 'version' | 'versionRange'> {
  return { version: versionOf(part.purl ?? '') ?? part.version, versionRange: part.versionRange };
}

function isVersionOf(part: Part, wanted: string): boolean {
  const { version, versionRange } = withPurlVersion(part);
  return version === null
    ? versionRange !== null && mayBeNamed({ versions: [wanted] }, versionRange)
    : version === wanted;
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
