import type { SiteOverview } from '#contracts/site.ts';

export type Alarm = SiteOverview['alarms'][number];

const RANK = { high: 0, middle: 1, low: 2 } as const;

/** Highest priority first, newest first within it. */
export function sortAlarms(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort((a, b) => RANK[a.priority] - RANK[b.priority] || b.at - a.at);
}
