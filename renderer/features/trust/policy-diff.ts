import type { ChannelPolicy } from '#contracts/verdict.ts';

/** Whether the channel accepts more or fewer bundles than before because of one rule. */
export type Effect = 'more' | 'less' | 'both' | 'none';

export interface ListChange {
  readonly kind: 'list';
  readonly rule: 'builders' | 'sources' | 'runtimes' | 'builderLevels';
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

export interface LevelChange {
  readonly kind: 'level';
  readonly rule: 'minimumSlsaLevel' | 'logThreshold' | 'timestampThreshold';
  readonly before: number;
  readonly after: number;
  readonly effect: Effect;
}

export interface RelianceChange {
  readonly kind: 'reliance';
  readonly rule: 'devices';
  readonly before: ChannelPolicy['devices'];
  readonly after: ChannelPolicy['devices'];
  readonly effect: Effect;
}

export interface MaterialChange {
  readonly kind: 'material';
  readonly rule: 'material';
  readonly before: ChannelPolicy['material'];
  readonly after: ChannelPolicy['material'];
  readonly effect: Effect;
}

export type RuleChange = ListChange | SwitchChange | AgeChange | LevelChange | RelianceChange | MaterialChange;

/** Every rule that differs, in the order of the policy table. The order inside a list decides nothing, so it is no change. */
export function diffPolicy(before: ChannelPolicy, after: ChannelPolicy): readonly RuleChange[] {
  const asked = before.requireProvenance || after.requireProvenance;
  return [
    materialChange(before.material, after.material),
    switchChange('requireProvenance', before, after),
    listChange('builders', before, after, asked),
    listChange('sources', before, after, asked),
    levelChange('minimumSlsaLevel', before, after, asked),
    grantedChange(before, after, asked),
    switchChange('requireSbom', before, after),
    levelChange('logThreshold', before, after, true),
    levelChange('timestampThreshold', before, after, true),
    ageChange(before.maxAgeDays, after.maxAgeDays),
    listChange('runtimes', before, after, true),
    relianceChange(before.devices, after.devices),
  ].filter((change) => change !== null);
}

function listChange(
  rule: Exclude<ListChange['rule'], 'builderLevels'>,
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

function levelChange(
  rule: LevelChange['rule'],
  { [rule]: before }: ChannelPolicy,
  { [rule]: after }: ChannelPolicy,
  decides: boolean,
): LevelChange | null {
  if (before === after) return null;
  const effect = after > before ? 'less' : 'more';
  return { kind: 'level', rule, before, after, effect: decides ? effect : 'none' };
}

/** Levels as `builder = level`; that one rises and another falls is told as both. */
function grantedChange(before: ChannelPolicy, after: ChannelPolicy, decides: boolean): ListChange | null {
  const texts = ({ builderLevels }: ChannelPolicy): string[] =>
    Object.entries(builderLevels).map(([builder, level]) => `${builder} = ${String(level)}`);
  const [old, young] = [texts(before), texts(after)];
  const added = young.filter((text) => !old.includes(text));
  const removed = old.filter((text) => !young.includes(text));
  if (added.length === 0 && removed.length === 0) return null;
  const steps = Object.keys({ ...before.builderLevels, ...after.builderLevels }).map(
    (builder) => (after.builderLevels[builder] ?? 1) - (before.builderLevels[builder] ?? 1),
  );
  const [rises, falls] = [steps.some((step) => step > 0), steps.some((step) => step < 0)];
  const effect = rises && falls ? 'both' : rises ? 'more' : falls ? 'less' : 'none';
  const kept = old.filter((text) => young.includes(text));
  return { kind: 'list', rule: 'builderLevels', added, removed, kept, effect: decides ? effect : 'none' };
}

/** Keys and identities accept different bundles, neither more than the other. */
function materialChange(before: ChannelPolicy['material'], after: ChannelPolicy['material']): MaterialChange | null {
  return before === after ? null : { kind: 'material', rule: 'material', before, after, effect: 'both' };
}

function relianceChange(before: ChannelPolicy['devices'], after: ChannelPolicy['devices']): RelianceChange | null {
  if (before === after) return null;
  const effect = after === 'either' ? 'more' : before === 'either' ? 'less' : 'both';
  return { kind: 'reliance', rule: 'devices', before, after, effect };
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
