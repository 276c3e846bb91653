import type { StickCheck } from '#contracts/outbox.ts';
import type { Person } from '#contracts/site.ts';

/** What a person does with a stick besides importing from it. */
export interface SticksService {
  /** Reads every part of the set of this stick, together with the other sticks of it, as a durable job. Copies nothing. */
  check(input: { volumeId: string }, person: Person): Promise<{ jobId: string }>;
  /** The last result of each stick. */
  checks(): StickCheck[];
  /** Flushes and unmounts. MEDIA_BUSY while something reads or writes it. */
  eject(input: { volumeId: string }, person: Person): Promise<void>;
}
