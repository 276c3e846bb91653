import type { Part } from './parts-list.ts';

/** What changed of one part between two versions of a model. */
export interface PartChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: DiffedPart | null;
  readonly after: DiffedPart | null;
}

export type DiffedPart = Pick<Part, 'name' | 'version' | 'type' | 'purl' | 'licences' | 'sha256'>;

/**
 * Parts that came, went or changed, in the order of their names. A part is the same one when type and package (purl without version,
 * or else name) are; several of one name are paired by equal content first, so that a part that is in both is never told as changed.
 */
export function diffParts(before: readonly DiffedPart[], after: readonly DiffedPart[]): PartChange[] {
  const changes: PartChange[] = [];
  const old = groupByIdentity(before);
  const young = groupByIdentity(after);
  for (const identity of [...new Set([...old.keys(), ...young.keys()])].sort()) {
    const remaining = [...(young.get(identity) ?? [])];
    const gone = (old.get(identity) ?? []).filter((part) => {
      const same = remaining.findIndex((candidate) => contentOf(candidate) === contentOf(part));
      if (same !== -1) remaining.splice(same, 1);
      return same === -1;
    });
    for (let at = 0; at < Math.max(gone.length, remaining.length); at += 1) {
      const [was = null, is = null] = [gone[at], remaining[at]];
      changes.push({ kind: was === null ? 'added' : is === null ? 'removed' : 'changed', before: was, after: is });
    }
  }
  return changes;
}

function groupByIdentity(parts: readonly DiffedPart[]): Map<string, DiffedPart[]> {
  const groups = new Map<string, DiffedPart[]>();
  for (const part of parts) {
    const identity = `${part.type} ${part.purl === null ? part.name : part.purl.replace(/@[^?#]*/, '')}`;
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, [part]);
    else group.push(part);
  }
  return groups;
}

function contentOf({ name, version, purl, licences, sha256 }: DiffedPart): string {
  return JSON.stringify([name, version, purl, licences.toSorted(), sha256]);
}
