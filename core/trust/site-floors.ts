import { z } from 'zod';
import { AcceptedVersion } from '#contracts/trust.ts';
import { laterFloor, TimeFloor } from '#core/trusted-time/index.ts';
import { sameFloors, strictest } from './floors.ts';
import { RoleFloors } from './tuf-state.ts';

/** Below what a site never goes again. Kept in the database, in a file beside it, and told to the audit chain. */
export const SiteFloors = z.object({
  v: z.literal(1),
  tuf: RoleFloors.nullable(),
  time: TimeFloor.nullable(),
  /** How often two people set the time back; the stores with the higher number say the time. */
  timeResets: z.number().int().min(0).default(0),
  /** Highest accepted sequence by model and channel. */
  sequences: z.record(z.string().max(300), z.number().int().min(0)),
  /** What was accepted last and before it, by model and channel: the one version that an approved downgrade may go back to. */
  accepted: z
    .record(z.string().max(300), z.object({ newest: AcceptedVersion, previous: AcceptedVersion.nullable() }))
    .default({}),
  /** Head of the audit chain when this was written: a database in which it is missing was restored from an older copy. */
  chain: z.object({ seq: z.number().int().min(0), hash: z.string() }),
});
export type SiteFloors = z.infer<typeof SiteFloors>;

/** Where the database keeps them. */
export const FLOORS_PLACE = { collection: 'floors', key: 'floors' } as const;

export const NO_FLOORS: SiteFloors = {
  v: 1,
  tuf: null,
  time: null,
  timeResets: 0,
  sequences: {},
  accepted: {},
  chain: { seq: 0, hash: '' },
};

/** Key of a sequence floor: each channel of a model counts for itself. */
export function sequenceKey(model: string, channel: string): string {
  return `${channel}/${model}`;
}

type Accepted = SiteFloors['accepted'][string];

/** What is remembered after a version was accepted. Going back, and the same version again, change nothing. */
export function afterAccepting(before: Accepted | undefined, version: AcceptedVersion): Accepted {
  if (before === undefined) return { newest: version, previous: null };
  if (version.sequence <= before.newest.sequence) return before;
  return { newest: version, previous: before.newest };
}

/** The stricter of the two stores, member by member. */
export function strictestOf(one: SiteFloors, other: SiteFloors): SiteFloors {
  const keys = [...new Set([...Object.keys(one.sequences), ...Object.keys(other.sequences)])];
  return {
    v: 1,
    tuf: strictest(one.tuf, other.tuf),
    ...strictestTime(one, other),
    accepted: newestOf(one.accepted, other.accepted),
    sequences: Object.fromEntries(
      keys.map((key) => [key, Math.max(one.sequences[key] ?? 0, other.sequences[key] ?? 0)]),
    ),
    chain: one.chain.seq >= other.chain.seq ? one.chain : other.chain,
  };
}

/** A time that people set back counts over an earlier, later one; otherwise the later time does. */
function strictestTime(one: SiteFloors, other: SiteFloors): Pick<SiteFloors, 'time' | 'timeResets'> {
  if (one.timeResets !== other.timeResets) {
    const { time, timeResets } = one.timeResets > other.timeResets ? one : other;
    return { time, timeResets };
  }
  return { time: laterFloor(one.time, other.time), timeResets: one.timeResets };
}

function newestOf(one: SiteFloors['accepted'], other: SiteFloors['accepted']): SiteFloors['accepted'] {
  const best = { ...one };
  for (const [key, accepted] of Object.entries(other)) {
    const known = best[key];
    if (known === undefined || known.newest.sequence < accepted.newest.sequence) best[key] = accepted;
  }
  return best;
}

/** Whether `floors` forbids all that `other` forbids. */
function covers(floors: SiteFloors, other: SiteFloors): boolean {
  const both = strictestOf(floors, other);
  return (
    sameFloors(both.tuf, floors.tuf) &&
    (both.time?.at ?? 0) === (floors.time?.at ?? 0) &&
    both.timeResets === floors.timeResets &&
    Object.entries(both.sequences).every(([key, value]) => floors.sequences[key] === value)
  );
}

/** How the two stores and the audit chain fit together at the start of a station. */
export const StoresState = z.enum(['agree', 'file-missing', 'file-damaged', 'database-older', 'chain-differs']);
export type StoresState = z.infer<typeof StoresState>;

/** Compares the stores. `hashAt` tells the audit record that the file remembers; undefined when the chain ends before. */
export function judgeStores(
  database: SiteFloors | null,
  file: SiteFloors | 'missing' | 'damaged',
  hashAt: (seq: number) => string | undefined,
): StoresState {
  if (file === 'damaged') return 'file-damaged';
  if (file === 'missing') return database === null ? 'agree' : 'file-missing';
  if (file.chain.seq > 0 && hashAt(file.chain.seq) !== file.chain.hash) return 'chain-differs';
  return covers(database ?? NO_FLOORS, file) ? 'agree' : 'database-older';
}
