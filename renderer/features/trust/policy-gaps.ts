import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';

/** What a channel lacks so that any bundle at all could be accepted. */
export type PolicyGap = 'key' | 'identity' | 'root' | 'builder' | 'source' | 'runtime';

/** Whom a site knows, and whether it has a root to check identities under. */
export interface KnownSigners {
  readonly keys: readonly Pick<TrustedKey, 'channels'>[];
  readonly identities: readonly Pick<TrustedIdentity, 'channels'>[];
  readonly hasTrustedRoot: boolean;
}

/** Why every bundle of a channel is refused; empty when some bundle could be accepted. */
export function gapsOf(channel: Channel, signers: KnownSigners, policy: ChannelPolicy): readonly PolicyGap[] {
  const { requireProvenance, builders, sources, runtimes, material } = policy;
  const isKnown = (one: { readonly channels: readonly Channel[] }): boolean => one.channels.includes(channel);
  const missing: Readonly<Record<PolicyGap, boolean>> = {
    key: material === 'key' && !signers.keys.some(isKnown),
    identity: material === 'identity' && !signers.identities.some(isKnown),
    root: material === 'identity' && !signers.hasTrustedRoot,
    builder: requireProvenance && builders.length === 0,
    source: requireProvenance && sources.length === 0,
    runtime: runtimes.length === 0,
  };
  return GAPS.filter((gap) => missing[gap]);
}

const GAPS: readonly PolicyGap[] = ['key', 'identity', 'root', 'builder', 'source', 'runtime'];
