const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;

/** A station that ran this long is healthy: its next crash counts as the first. */
export const STABLE_AFTER_MS = 60_000;

/** How long to wait before start `crashes + 1`; doubling, so that a broken disk is not hammered. */
export function restartDelayMs(crashes: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, crashes - 1), LONGEST_DELAY_MS);
}
