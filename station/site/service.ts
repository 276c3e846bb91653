import type { SiteOverview } from '#contracts/site.ts';
import type { Person } from '#contracts/site.ts';

/** A change that screens should reload for. */
export interface SiteChange {
  readonly seq: number;
  readonly stream: string;
  readonly subject: string;
}

export interface SiteService {
  name(): string;
  overview(): Promise<SiteOverview>;
  /** Starts the demonstration story on this (empty) site; returns its job. */
  startDemo(person: Person): { jobId: string };
  /** Every change of the site after `afterSeq`; coarse, for cache invalidation. */
  changes(afterSeq: number, signal: AbortSignal): AsyncIterable<SiteChange>;
}
