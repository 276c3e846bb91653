import { z } from 'zod';
import { Instant } from '#contracts/primitives.ts';
import { TimeWitness } from '#contracts/trust.ts';

const DAY_MS = 86_400_000;
/** A clock this far beyond the newest evidence is more likely wrong than a site without any bundle for so long. */
const FAR_AHEAD_MS = 400 * DAY_MS;
/** Two honest clocks may differ by this much: no alarm, and a publisher's statement may be from "the future". */
const HONEST_SKEW_MS = 5 * 60_000;

/**
 * What a signed time comes from. A log or a timestamp authority is a witness; a publisher only states its own clock; `people` is what
 * two administrators set after a witness was found wrong, and never comes from a bundle.
 */
export const TimeEvidence = z.object({
  at: Instant,
  kind: TimeWitness,
  /** What carried it: a digest, a name of a document. */
  subject: z.string().max(256),
});
export type TimeEvidence = z.infer<typeof TimeEvidence>;

/** The newest time that is proven to have passed. It falls only when two people set it back. */
export const TimeFloor = TimeEvidence;
export type TimeFloor = TimeEvidence;

/** Whether the clock of this machine can be right, judged by evidence alone. */
export type ClockState = 'plausible' | 'unproven' | 'behind' | 'far-ahead';

export interface ClockJudgement {
  readonly state: ClockState;
  readonly clock: number;
  readonly floor: TimeFloor | null;
  /** What lateness is measured with: never before a proven time, so a clock that is set back widens nothing. */
  readonly now: number;
}

/** Judges a clock. Without evidence it is used as it is, and the verdict says that nothing proves it. */
export function judgeClock(clock: number, floor: TimeFloor | null): ClockJudgement {
  const now = Math.max(clock, floor?.at ?? clock);
  return { state: stateOf(clock, floor), clock, floor, now };
}

function stateOf(clock: number, floor: TimeFloor | null): ClockState {
  if (floor === null) return 'unproven';
  if (clock < floor.at - HONEST_SKEW_MS) return 'behind';
  return clock > floor.at + FAR_AHEAD_MS ? 'far-ahead' : 'plausible';
}

/**
 * The floor after this evidence. A witness is believed. What a publisher states is believed only where the clock or the evidence before
 * makes it likely, or one wrong clock at a publisher would age everything at this site.
 */
export function advance(floor: TimeFloor | null, evidence: TimeEvidence, clock: number): TimeFloor | null {
  if (!Number.isSafeInteger(evidence.at) || evidence.at <= (floor?.at ?? 0)) return floor;
  if (evidence.kind !== 'publisher') return evidence;
  const likely = Math.max(clock + HONEST_SKEW_MS, floor === null ? 0 : floor.at + FAR_AHEAD_MS);
  return evidence.at <= likely ? evidence : floor;
}

/** The later of two floors: the stores differ after a crash or a restored copy. */
export function laterFloor(one: TimeFloor | null, other: TimeFloor | null): TimeFloor | null {
  if (one === null || other === null) return one ?? other;
  return one.at >= other.at ? one : other;
}
