const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;

/** How long to wait before connection attempt `attempt` (0 = at once): the station is on this machine or next door. */
export function retryDelayMs(attempt: number): number {
  return attempt === 0 ? 0 : Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);
}
