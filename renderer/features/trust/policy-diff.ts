import type { ChannelPolicy } from '#contracts/verdict.ts';

/** Whether the channel accepts more or fewer bundles than before because of one rule. */
export type Effect = 'more' | 'less' | 'both' | 'none';

export interface ListChange {
  readonly kind: 'list';
  readonly rule: 'builders' | 'sources' | 'runtimes';
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly kept: readonly string[];
  readonly effect: Effect;
}

export interface SwitchChange {
  readonly kind: 'switch';
  readonly rule: 'requireProvenance' | 'requireSbom';
  readonly after: boolean;
  readonly effect: Effect;
}

export interface AgeChange {
  readonly kind: 'age';
  readonly rule: 'maxAgeDays';
  readonly before: number | null;
  readonly after: number | null;
  readonly effect: Effect;
}

export type RuleChange = ListChange | SwitchChange | AgeChange;

/** Every rule that differs, in the order of the policy table. The order inside a list decides nothing, so it is no change. */
export function diffPolicy(before: ChannelPolicy, after: ChannelPolicy): readonly RuleChange[] {
  const asked = before.requireProvenance || after.requireProvenance;
  return [
    switchChange('requireProvenance', before, after),
    listChange('builders', before, after, asked),
    listChange('sources', before, after, asked),
    switchChange('requireSbom', before, after),
    ageChange(before.maxAgeDays, after.maxAgeDays),
    listChange('runtimes', before, after, true),
  ].filter((change) => change !== null);
}

function listChange(
  rule: ListChange['rule'],
  { [rule]: before }: ChannelPolicy,
  { [rule]: after }: ChannelPolicy,
  decides: boolean,
): ListChange | null {
  const added = after.filter((entry) => !before.includes(entry));
  const removed = before.filter((entry) => !after.includes(entry));
  if (added.length === 0 && removed.length === 0) return null;
  const effect = removed.length === 0 ? 'more' : added.length === 0 ? 'less' : 'both';
  return {
    kind: 'list',
    rule,
    added,
    removed,
    kept: before.filter((entry) => after.includes(entry)),
    effect: decides ? effect : 'none',
  };
}

function switchChange(
  rule: SwitchChange['rule'],
  { [rule]: before }: ChannelPolicy,
  { [rule]: after }: ChannelPolicy,
): SwitchChange | null {
  return before === after ? null : { kind: 'switch', rule, after, effect: after ? 'less' : 'more' };
}

function ageChange(before: number | null, after: number | null): AgeChange | null {
  if (before === after) return null;
  const effect = (after ?? Infinity) > (before ?? Infinity) ? 'more' : 'less';
  return { kind: 'age', rule: 'maxAgeDays', before, after, effect };
}
