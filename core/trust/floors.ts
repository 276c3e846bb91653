import { AppError } from '#core/base/index.ts';
import type { RoleFloors } from './tuf-state.ts';

const COUNTED = ['timestamp', 'snapshot', 'targets'] as const;

/**
 * Refuses what is older than, or another than, what was accepted once. TUF_ROLLED_BACK, TUF_ROOT_FORKED.
 * New keys of timestamp or snapshot let their versions begin anew (TUF 5.3.11); only a root that the old one signed can bring new keys.
 */
export function assertNotOlder(floors: RoleFloors | null, offered: RoleFloors): void {
  if (floors === null) return;
  if (offered.root.version < floors.root.version) throw rolledBack('root', floors.root.version, offered.root.version);
  if (offered.root.version === floors.root.version && offered.root.digest !== floors.root.digest)
    throw new AppError(
      'TUF_ROOT_FORKED',
      `root ${String(offered.root.version)} is another document than the one that this site accepted`,
      { version: offered.root.version, accepted: floors.root.digest, offered: offered.root.digest },
    );
  for (const role of COUNTED) {
    if (startsAnew(role, floors, offered)) continue;
    if (offered[role].version < floors[role].version)
      throw rolledBack(role, floors[role].version, offered[role].version);
  }
}

/** The stricter of two stores. They differ after a crash between two writes, or when one of them was restored from an older copy. */
export function strictest(one: RoleFloors | null, other: RoleFloors | null): RoleFloors | null {
  if (one === null || other === null) return one ?? other;
  const [newer, older] = one.root.version >= other.root.version ? [one, other] : [other, one];
  const best = { ...newer };
  for (const role of COUNTED) {
    if (!startsAnew(role, older, newer) && older[role].version > newer[role].version) best[role] = older[role];
  }
  return best;
}

/** Whether the two name the same versions. */
export function sameFloors(one: RoleFloors | null, other: RoleFloors | null): boolean {
  if (one === null || other === null) return one === other;
  return one.root.digest === other.root.digest && COUNTED.every((role) => one[role].version === other[role].version);
}

function startsAnew(role: (typeof COUNTED)[number], before: RoleFloors, after: RoleFloors): boolean {
  const isOther = (name: (typeof COUNTED)[number]): boolean => before[name].keys !== after[name].keys;
  // A snapshot that begins anew lists the targets anew; a timestamp that does, lists the snapshot anew.
  switch (role) {
    case 'timestamp':
    case 'snapshot':
      return isOther('timestamp') || isOther('snapshot');
    case 'targets':
      return isOther('timestamp') || isOther('snapshot') || isOther('targets');
  }
}

function rolledBack(role: string, accepted: number, offered: number): AppError {
  return new AppError(
    'TUF_ROLLED_BACK',
    `${role} ${String(accepted)} was accepted before, this is ${role} ${String(offered)}`,
    { role, accepted, offered },
  );
}
