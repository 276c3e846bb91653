import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, TrustedKey } from '#contracts/verdict.ts';

/** What a channel lacks so that any bundle at all could be accepted. */
export type PolicyGap = 'key' | 'builder' | 'source' | 'runtime';

/** Why every bundle of a channel is refused; empty when some bundle could be accepted. */
export function gapsOf(channel: Channel, keys: readonly TrustedKey[], policy: ChannelPolicy): readonly PolicyGap[] {
  const { requireProvenance, builders, sources, runtimes } = policy;
  const missing: Readonly<Record<PolicyGap, boolean>> = {
    key: !keys.some((key) => key.channels.includes(channel)),
    builder: requireProvenance && builders.length === 0,
    source: requireProvenance && sources.length === 0,
    runtime: runtimes.length === 0,
  };
  return GAPS.filter((gap) => missing[gap]);
}

const GAPS: readonly PolicyGap[] = ['key', 'builder', 'source', 'runtime'];
