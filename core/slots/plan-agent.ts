import type { DesiredDocument, DeviceRolloutState, ModelRef, SlotName } from '#contracts/device.ts';
import type { Finding, Instant } from '#core/base/index.ts';
import { isExpired } from './admit-desired.ts';
import { idleSlot, otherSlot, slotWith, type AgentState, type Slot } from './state.ts';
import type { WatchdogJudgement } from './watchdog.ts';

/** One thing to do. The agent has one executor per step and plans again after each. */
export type AgentStep =
  | { readonly do: 'pull'; readonly slot: SlotName; readonly ref: ModelRef }
  | { readonly do: 'verify'; readonly slot: SlotName }
  | { readonly do: 'smoke'; readonly slot: SlotName }
  | { readonly do: 'swap'; readonly to: SlotName }
  | { readonly do: 'watch'; readonly slot: SlotName }
  | { readonly do: 'confirm'; readonly slot: SlotName }
  | { readonly do: 'roll-back'; readonly slot: SlotName; readonly findings: readonly Finding[] }
  | { readonly do: 'return'; readonly slot: SlotName }
  | { readonly do: 'stop-serving' }
  | { readonly do: 'resume-serving' }
  | { readonly do: 'wait'; readonly for: Awaited };

/** What a device waits for when nothing is to be done. */
export type Awaited = 'desired' | 'activation' | 'another-desired' | 'end-of-trial' | 'mirror';

/** What the plan needs besides the durable state. */
export interface AgentFacts {
  readonly now: Instant;
  /** Judgement of the running trial, if there is one. */
  readonly judgement: WatchdogJudgement | null;
  /** The mirror did not answer: not before this instant. */
  readonly pullNotBefore: Instant;
}

/**
 * Everything that is still to be done on the good path, in order; the first step is next.
 * Faults come first: a breached trial rolls back whatever is desired now.
 */
export function planAgent(state: AgentState, facts: AgentFacts): AgentStep[] {
  const trial = trialSlot(state);
  if (trial !== null && facts.judgement?.verdict === 'breached') {
    return [{ do: 'roll-back', slot: trial, findings: facts.judgement.findings }];
  }
  const { desired } = state;
  if (desired === null) return trial === null ? [{ do: 'wait', for: 'desired' }] : trialSteps(trial, facts);
  if (desired.model === null) return planNothing(state, desired, trial, facts);
  const wish = { desired, wanted: desired.model };
  return trial === null ? planTowards(state, wish, facts) : planDuringTrial(state, wish, trial, facts);
}

interface Wish {
  readonly desired: DesiredDocument;
  readonly wanted: ModelRef;
}

function planNothing(
  state: AgentState,
  desired: DesiredDocument,
  trial: SlotName | null,
  facts: AgentFacts,
): AgentStep[] {
  if (trial !== null && !isFirstModel(state, trial)) return [{ do: 'return', slot: trial }, { do: 'stop-serving' }];
  if (state.stopped || state.active === null) return [{ do: 'wait', for: 'desired' }];
  if (desired.phase === 'stage') return trial === null ? [{ do: 'wait', for: 'activation' }] : trialSteps(trial, facts);
  return [{ do: 'stop-serving' }];
}

/** A trial keeps its way back: the only thing that may end it early is a return to exactly that. */
function planDuringTrial(
  state: AgentState,
  { desired, wanted }: Wish,
  trial: SlotName,
  facts: AgentFacts,
): AgentStep[] {
  const holder = slotWith(state, wanted);
  const isReturn =
    desired.phase === 'activate' && holder === otherSlot(trial) && state.slots[holder].at === 'committed';
  if (isReturn) return [{ do: 'return', slot: trial }];
  if (holder === trial && state.stopped) return [{ do: 'resume-serving' }, ...trialSteps(trial, facts)];
  return trialSteps(trial, facts);
}

function trialSteps(slot: SlotName, facts: AgentFacts): AgentStep[] {
  if (facts.judgement?.verdict === 'healthy') return [{ do: 'confirm', slot }];
  return [
    { do: 'watch', slot },
    { do: 'confirm', slot },
  ];
}

function planTowards(state: AgentState, { desired, wanted }: Wish, facts: AgentFacts): AgentStep[] {
  const holder = slotWith(state, wanted);
  if (holder !== null && holder === state.active) {
    return state.stopped && desired.phase === 'activate'
      ? [{ do: 'resume-serving' }]
      : [{ do: 'wait', for: 'another-desired' }];
  }
  if (holder !== null && isSpent(state.slots[holder], desired)) return [{ do: 'wait', for: 'another-desired' }];
  if (isExpired(desired, state.timeFloor, facts.now)) return [{ do: 'wait', for: 'another-desired' }];
  const slot = holder ?? idleSlot(state);
  const steps = stagingSteps(state.slots[slot], slot, wanted, holder !== null);
  if (steps[0]?.do === 'pull' && facts.now < facts.pullNotBefore) return [{ do: 'wait', for: 'mirror' }];
  if (desired.phase === 'stage') return [...steps, { do: 'wait', for: 'activation' }];
  return [...steps, { do: 'swap', to: slot }, { do: 'watch', slot }, { do: 'confirm', slot }];
}

/** A model that failed here is not tried again under the same rollout, however often the station repeats itself. */
function isSpent(slot: Slot, desired: DesiredDocument): boolean {
  if (slot.at !== 'failed' && slot.at !== 'rolled-back') return false;
  return desired.rolloutId === null ? slot.generation === desired.generation : slot.rolloutId === desired.rolloutId;
}

function stagingSteps(current: Slot, slot: SlotName, ref: ModelRef, holdsWanted: boolean): AgentStep[] {
  const all: AgentStep[] = [
    { do: 'pull', slot, ref },
    { do: 'verify', slot },
    { do: 'smoke', slot },
  ];
  if (!holdsWanted) return all;
  if (current.at === 'committed') return [];
  if (current.at !== 'staged') return all;
  return all.slice({ pulled: 1, verified: 2, proved: 3 }[current.check]);
}

function trialSlot(state: AgentState): SlotName | null {
  return state.active !== null && state.slots[state.active].at === 'trial' ? state.active : null;
}

function isFirstModel(state: AgentState, trial: SlotName): boolean {
  return state.slots[otherSlot(trial)].at !== 'committed';
}

/** The state of the device on its way to the desired model, as the fleet sees it. */
export function rolloutStateOf(state: AgentState): DeviceRolloutState {
  const { desired } = state;
  if (desired === null || desired.model === null) return 'idle';
  const holder = slotWith(state, desired.model);
  if (holder === null) return 'queued';
  const slot = state.slots[holder];
  const activating = desired.phase === 'activate';
  switch (slot.at) {
    case 'empty':
      return 'queued';
    case 'staging':
      return 'staging';
    case 'staged':
      if (slot.check === 'pulled') return 'staged';
      if (slot.check === 'verified') return activating ? 'smoke' : 'verified';
      return activating ? 'swapping' : 'armed';
    case 'trial':
      return 'soaking';
    case 'committed':
      // A stopped model answers nobody: it is only ready to.
      if (holder === state.active && !state.stopped) return 'confirmed';
      return activating ? 'swapping' : 'armed';
    case 'rolled-back':
    case 'failed':
      return isSpent(slot, desired) ? 'fell-back' : 'queued';
  }
}
