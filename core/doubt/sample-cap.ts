import type { Instant } from '#core/base/index.ts';

/** Lets at most `perMinute` samples through in any minute: review is read by people. */
export interface SampleCap {
  admit(now: Instant): boolean;
}

const MINUTE_MS = 60_000;

export function createSampleCap(perMinute: number): SampleCap {
  const admitted: Instant[] = [];
  return {
    admit(now) {
      while (admitted.length > 0 && now - (admitted[0] ?? 0) >= MINUTE_MS) admitted.shift();
      if (admitted.length >= perMinute) return false;
      admitted.push(now);
      return true;
    },
  };
}
