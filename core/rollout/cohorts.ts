import type { CohortSpec } from '#contracts/rollout.ts';
import { digestHex } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** A device as cohort assignment sees it. */
export interface CohortCandidate {
  readonly id: string;
  readonly safety: boolean;
}

/**
 * Puts devices into cohorts by a keyed hash, so that the same change gives the same cohorts on every station, and a device
 * that joins later moves no other. `minDevices` lifts the lowest hashes of later cohorts, which matters in small fleets only.
 * Safety devices always belong to the last cohort.
 */
export function assignCohorts(
  candidates: readonly CohortCandidate[],
  specs: readonly CohortSpec[],
  key: string,
  hasher: Hasher,
): { name: string; devices: string[] }[] {
  const ranked = candidates
    .map((candidate) => ({ ...candidate, rank: candidate.safety ? 1 : hashFraction(key, candidate.id, hasher) }))
    .sort((a, b) => a.rank - b.rank || compareIds(a.id, b.id));
  const cohorts = specs.map((spec) => ({ name: spec.name, devices: [] as string[] }));
  let next = 0;
  let share = 0;
  for (const [at, spec] of specs.entries()) {
    share += spec.share;
    const isLast = at === specs.length - 1;
    const cohort = cohorts[at];
    while (cohort !== undefined && next < ranked.length) {
      const device = ranked[next];
      if (device === undefined) break;
      const belongs = isLast || (!device.safety && (device.rank < share || cohort.devices.length < spec.minDevices));
      if (!belongs) break;
      cohort.devices.push(device.id);
      next += 1;
    }
  }
  return cohorts.filter((cohort) => cohort.devices.length > 0);
}

/** First 48 bits of SHA-256(key NUL id) as a fraction of 1. */
function hashFraction(key: string, id: string, hasher: Hasher): number {
  const digest = hasher.sha256(new TextEncoder().encode(`${key}\u0000${id}`));
  return Number.parseInt(digestHex(digest).slice(0, 12), 16) / 2 ** 48;
}

/** Code-unit order: independent of the machine's language. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
