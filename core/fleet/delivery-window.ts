import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';

/** Gaps that are still waited for; an older one counts as received, so that the window stays small. */
const MISSING_LIMIT = 256;
/** Epochs (runs of an agent) whose late messages are still told apart. */
const EPOCH_LIMIT = 16;

/** What has arrived of each epoch: the highest sequence and the gaps below it. Newest epoch last. */
export const DeliveryWindow = z
  .array(z.object({ epoch: Id, highest: z.number().int(), missing: z.array(z.number().int()).max(MISSING_LIMIT) }))
  .max(EPOCH_LIMIT);
export type DeliveryWindow = z.infer<typeof DeliveryWindow>;

/**
 * Exactly-once acceptance over at-least-once delivery: undefined for what was seen before, else the window that includes it.
 * Order does not matter; a message that is older than the window counts as seen.
 */
export function acceptDelivery(
  window: DeliveryWindow,
  message: { epoch: string; sequence: number },
): DeliveryWindow | undefined {
  const known = window.find((entry) => entry.epoch === message.epoch);
  if (known === undefined) {
    const missing = gaps(0, message.sequence);
    return [...window, { epoch: message.epoch, highest: message.sequence, missing }].slice(-EPOCH_LIMIT);
  }
  const entry = extend(known, message.sequence);
  return entry === undefined ? undefined : window.map((each) => (each === known ? entry : each));
}

function extend(entry: DeliveryWindow[number], sequence: number): DeliveryWindow[number] | undefined {
  if (sequence > entry.highest) {
    return {
      ...entry,
      highest: sequence,
      missing: [...entry.missing, ...gaps(entry.highest + 1, sequence)].slice(-MISSING_LIMIT),
    };
  }
  if (!entry.missing.includes(sequence)) return undefined;
  return { ...entry, missing: entry.missing.filter((each) => each !== sequence) };
}

/** `[from, to)`, the newest ones when there are too many. */
function gaps(from: number, to: number): number[] {
  const start = Math.max(from, to - MISSING_LIMIT);
  return Array.from({ length: Math.max(0, to - start) }, (_, at) => start + at);
}
