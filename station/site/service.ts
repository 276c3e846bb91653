import type { SiteOverview } from '#contracts/site.ts';
import type { Person } from '#contracts/site.ts';
import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, TrustStore, VerificationPolicy } from '#contracts/verdict.ts';

/** A change that screens should reload for. */
export interface SiteChange {
  readonly seq: number;
  readonly stream: string;
  readonly subject: string;
}

export interface SiteService {
  name(): string;
  overview(): Promise<SiteOverview>;
  trust(): TrustStore;
  policy(): VerificationPolicy;
  /** Trusts a publisher key for channels; recorded with the person. */
  trustKey(input: { name: string; publicKeyPem: string; channels: ('staging' | 'production')[] }, person: Person): void;
  /** Replaces what a channel demands; the policy's version rises and the change is recorded with the person. */
  setChannelPolicy(input: { channel: Channel; policy: ChannelPolicy }, person: Person): VerificationPolicy;
  /** Starts the demonstration story on this (empty) site; returns its job. */
  startDemo(person: Person): { jobId: string };
  /** Every change of the site after `afterSeq`; coarse, for cache invalidation. */
  changes(afterSeq: number, signal: AbortSignal): AsyncIterable<SiteChange>;
}
