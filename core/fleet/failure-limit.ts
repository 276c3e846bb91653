import type { Instant } from '#core/base/index.ts';

/** Failed tries within a sliding window. */
export interface FailureLimit {
  readonly count: number;
  readonly windowMs: number;
}

/** Wrong enrolment codes that a site tolerates; above it every code is refused until the window has passed. */
export const ENROLMENT_FAILURES: FailureLimit = { count: 20, windowMs: 60_000 };

/** The failures that still count. */
export function recentFailures(failures: readonly Instant[], limit: FailureLimit, now: Instant): Instant[] {
  return failures.filter((at) => now - at < limit.windowMs).slice(-limit.count);
}

export function isBlocked(failures: readonly Instant[], limit: FailureLimit, now: Instant): boolean {
  return recentFailures(failures, limit, now).length >= limit.count;
}
