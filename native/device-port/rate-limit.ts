import type { Clock } from '#core/base/index.ts';

/** True while `key` stays below its share of the window. */
export type RateLimit = (key: string) => boolean;

/** Addresses that are remembered at most; beyond it the oldest is forgotten, so that many senders cost no memory. */
const KEYS = 4096;

/** A sliding window for each key. */
export function rateLimit(limit: { count: number; windowMs: number }, clock: Clock): RateLimit {
  const seen = new Map<string, number[]>();
  return (key) => {
    const now = clock.monotonicMs();
    const recent = (seen.get(key) ?? []).filter((at) => now - at < limit.windowMs);
    const isAllowed = recent.length < limit.count;
    if (isAllowed) recent.push(now);
    seen.delete(key);
    seen.set(key, recent);
    const [oldest] = seen.keys();
    if (seen.size > KEYS && oldest !== undefined) seen.delete(oldest);
    return isAllowed;
  };
}
