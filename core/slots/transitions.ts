import type { DesiredDocument, DeviceTrust, FallbackEvidence, ModelRef, SlotName } from '#contracts/device.ts';
import { invariant, type Digest } from '#core/base/index.ts';
import { floorUnder } from './time-floor.ts';
import { otherSlot, type AgentState, type InstalledModel, type Slot } from './state.ts';

/** Takes an admitted desired document over; see `admitDesired`. */
export function takeDesired(state: AgentState, desired: DesiredDocument): AgentState {
  invariant(desired.generation > state.generation, 'generations only rise');
  return {
    ...state,
    desired,
    generation: desired.generation,
    trust: newerTrust(state.trust, desired.trust),
    timeFloor: signedTime(state, desired),
    fallback: null,
  };
}

/** The document in force with a later lifetime or another mirror. */
export function renewDesired(state: AgentState, desired: DesiredDocument): AgentState {
  invariant(desired.generation === state.generation, 'a renewal keeps its generation');
  return {
    ...state,
    desired,
    trust: newerTrust(state.trust, desired.trust),
    timeFloor: signedTime(state, desired),
  };
}

/** Trust on a device only goes forward: what is older in one of its two versions is not taken, and what is held stays. */
function newerTrust(held: DeviceTrust | null, offered: DeviceTrust | undefined): DeviceTrust | null {
  if (offered === undefined || held === null) return offered ?? held;
  const isOlder = offered.trustVersion < held.trustVersion || offered.policyVersion < held.policyVersion;
  return isOlder ? held : offered;
}

function signedTime(state: AgentState, desired: DesiredDocument): number {
  return Math.max(floorUnder(state, desired), desired.issuedAt, desired.trust?.timeFloor ?? 0);
}

/** Empties the idle slot and begins to fill it. From here on the former previous is gone; the active slot is not touched. */
export function beginStaging(state: AgentState, slot: SlotName, ref: ModelRef): AgentState {
  invariant(slot !== state.active, 'the active slot is never written');
  invariant(
    state.active === null || state.slots[state.active].at !== 'trial',
    'nothing is staged while a trial needs its way back',
  );
  return withSlot(state, slot, { at: 'staging', ref, doneBytes: 0, totalBytes: 0 });
}

/** Notes how many bytes are here; not worth a disk write of its own. */
export function noteProgress(state: AgentState, slot: SlotName, doneBytes: number, totalBytes: number): AgentState {
  const current = state.slots[slot];
  return current.at === 'staging' ? withSlot(state, slot, { ...current, doneBytes, totalBytes }) : state;
}

/** All bytes are here and durable, the signatures that refer to them included. */
export function markPulled(state: AgentState, slot: SlotName, referrers: readonly Digest[]): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'staging', 'only a staging slot can be pulled');
  return withSlot(state, slot, {
    at: 'staged',
    ref: current.ref,
    check: 'pulled',
    referrers: [...referrers],
    installed: null,
  });
}

/** This device verified the bundle by itself. */
export function markVerified(state: AgentState, slot: SlotName, installed: InstalledModel): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'staged', 'only a staged slot can be verified');
  invariant(current.ref.variantDigest === installed.ref.variantDigest, 'what was verified is what was staged');
  return withSlot(state, slot, { ...current, check: 'verified', installed });
}

/** The golden outputs were reproduced on this machine. */
export function markProved(state: AgentState, slot: SlotName): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'staged' && current.check === 'verified', 'only a verified slot can be proved');
  return withSlot(state, slot, { ...current, check: 'proved' });
}

/** The slot did not reach its trial, or the pinned previous does not load any more; the active model is not touched. */
export function failSlot(state: AgentState, slot: SlotName, evidence: FallbackEvidence): AgentState {
  const current = state.slots[slot];
  invariant(
    slot !== state.active && ['staging', 'staged', 'committed'].includes(current.at),
    'only an idle slot can fail',
  );
  return { ...withSlot(state, slot, closed(state, 'failed', evidence)), fallback: evidence };
}

/** Swaps the pointer: the new model answers from now on, on trial. */
export function beginTrial(state: AgentState, slot: SlotName): AgentState {
  const current = state.slots[slot];
  const installed = provedModel(current);
  invariant(installed !== null, 'only a proved or committed slot can be tried');
  invariant(
    state.active === null || state.active === slot || state.slots[state.active].at === 'committed',
    'a trial needs a committed way back',
  );
  return { ...withSlot(state, slot, { at: 'trial', installed, restarts: 0 }), active: slot, stopped: false };
}

/** A restart of the program or of the model's worker during the trial; counted on disk, so that a crash loop ends. */
export function countRestart(state: AgentState, slot: SlotName): AgentState {
  const current = state.slots[slot];
  return current.at === 'trial' ? withSlot(state, slot, { ...current, restarts: current.restarts + 1 }) : state;
}

/** The watchdog window passed. The other slot, when committed, is the pinned previous. */
export function commitTrial(state: AgentState, slot: SlotName): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'trial' && state.active === slot, 'only the active trial can be committed');
  return withSlot(state, slot, { at: 'committed', installed: current.installed });
}

/** The trial broke a limit: the pointer goes back to the committed slot, or to nothing when this was the first model. */
export function rollBackTrial(state: AgentState, slot: SlotName, evidence: FallbackEvidence): AgentState {
  invariant(state.slots[slot].at === 'trial' && state.active === slot, 'only the active trial can be rolled back');
  return {
    ...withSlot(state, slot, closed(state, 'rolled-back', evidence)),
    active: committedOther(state, slot),
    fallback: evidence,
  };
}

/** The station took the model back during its trial: no fault of the model, so it stays staged and proved. */
export function returnFromTrial(state: AgentState, slot: SlotName): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'trial' && committedOther(state, slot) !== null, 'a return needs a committed slot');
  const staged: Slot = {
    at: 'staged',
    ref: current.installed.ref,
    check: 'proved',
    referrers: [],
    installed: current.installed,
  };
  return { ...withSlot(state, slot, staged), active: committedOther(state, slot), stopped: false };
}

/** A committed model does not load any more (damaged disk): the pinned previous takes over, or nothing can run. */
export function dropDamaged(state: AgentState, slot: SlotName, evidence: FallbackEvidence): AgentState {
  const current = state.slots[slot];
  invariant(current.at === 'committed' && state.active === slot, 'only the active committed slot can be dropped');
  return {
    ...withSlot(state, slot, closed(state, 'failed', evidence)),
    active: committedOther(state, slot),
    fallback: evidence,
  };
}

/** The station wants no model served. The slots are kept. */
export function stopServing(state: AgentState): AgentState {
  return { ...state, stopped: true };
}

/** The wanted model is the committed active one, which was stopped: serve it again. */
export function resumeServing(state: AgentState): AgentState {
  return { ...state, stopped: false };
}

function provedModel(slot: Slot): InstalledModel | null {
  if (slot.at === 'committed') return slot.installed;
  return slot.at === 'staged' && slot.check === 'proved' ? slot.installed : null;
}

function committedOther(state: AgentState, slot: SlotName): SlotName | null {
  const other = otherSlot(slot);
  return state.slots[other].at === 'committed' ? other : null;
}

function closed(state: AgentState, at: 'failed' | 'rolled-back', evidence: FallbackEvidence): Slot {
  return {
    at,
    ref: evidence.model,
    rolloutId: state.desired?.rolloutId ?? null,
    generation: state.generation,
    evidence,
  };
}

function withSlot(state: AgentState, name: SlotName, slot: Slot): AgentState {
  return { ...state, slots: { ...state.slots, [name]: slot } };
}
