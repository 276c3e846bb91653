import { z } from 'zod';
import { ModelContract } from '#contracts/bundle.ts';
import { DesiredDocument, DeviceTrust, FallbackEvidence, ModelRef, SlotName } from '#contracts/device.ts';
import { Digest, Id } from '#contracts/primitives.ts';

/** A model that this device verified by itself: everything needed to load it again with no network. */
export const InstalledModel = z.object({
  ref: ModelRef,
  variantId: z.string(),
  runtime: z.string(),
  providers: z.array(z.string()),
  weights: z.object({ digest: Digest, size: z.number().int() }),
  contract: ModelContract,
  golden: z.array(z.object({ inputs: z.array(Digest), outputs: z.array(Digest) })),
  /** Every blob that belongs to it; kept while a slot holds the model. */
  blobs: z.array(Digest),
  signer: z.string(),
});
export type InstalledModel = z.infer<typeof InstalledModel>;

/** How far a staged slot is proved: bytes here, verified against pinned trust, golden outputs reproduced. */
const StagedCheck = z.enum(['pulled', 'verified', 'proved']);

/**
 * One of the two slots.
 *
 *   empty → staging → staged → trial → committed
 *              │         │        │        │
 *              ▼         ▼        ▼        ▼
 *            failed    failed  rolled-back  trial   (a return to the pinned previous is watched like any other swap)
 */
export const Slot = z.discriminatedUnion('at', [
  z.object({ at: z.literal('empty') }),
  z.object({ at: z.literal('staging'), ref: ModelRef, doneBytes: z.number(), totalBytes: z.number() }),
  z.object({
    at: z.literal('staged'),
    ref: ModelRef,
    check: StagedCheck,
    referrers: z.array(Digest),
    installed: InstalledModel.nullable(),
  }),
  z.object({ at: z.literal('trial'), installed: InstalledModel, restarts: z.number().int() }),
  z.object({ at: z.literal('committed'), installed: InstalledModel }),
  z.object({
    at: z.enum(['rolled-back', 'failed']),
    ref: ModelRef,
    rolloutId: Id.nullable(),
    generation: z.number().int(),
    evidence: FallbackEvidence,
  }),
]);
export type Slot = z.infer<typeof Slot>;

/**
 * What an agent must remember over a power cut. One document, replaced atomically: the slot pointer is its `active` member.
 * INVARIANTS: `active` names a trial or committed slot, or nothing; while a slot is on trial the other one is never written;
 * once a model was committed, exactly one slot is runnable.
 */
export const AgentState = z.object({
  v: z.literal(1),
  /** Highest generation ever accepted. */
  generation: z.number().int().min(0),
  desired: DesiredDocument.nullable(),
  /** The newest trust that the station signed for this device; null: as enrolled. */
  trust: DeviceTrust.nullable().default(null),
  /** Latest signed time seen; a device clock before it is wrong. */
  timeFloor: z.number().int(),
  active: SlotName.nullable(),
  /** The station asked for no model: the active slot is kept but not served. */
  stopped: z.boolean(),
  slots: z.object({ a: Slot, b: Slot }),
  fallback: FallbackEvidence.nullable(),
});
export type AgentState = z.infer<typeof AgentState>;

/** A device that has never had a model. */
export const FRESH_STATE: AgentState = {
  v: 1,
  generation: 0,
  desired: null,
  trust: null,
  timeFloor: 0,
  active: null,
  stopped: false,
  slots: { a: { at: 'empty' }, b: { at: 'empty' } },
  fallback: null,
};

/** The other slot. */
export const otherSlot = (slot: SlotName): SlotName => (slot === 'a' ? 'b' : 'a');

/** The model of a slot, whatever its state. */
export function refOf(slot: Slot): ModelRef | null {
  if (slot.at === 'empty') return null;
  return slot.at === 'trial' || slot.at === 'committed' ? slot.installed.ref : slot.ref;
}

/** The slot that answers requests, or would after a restart: on trial or committed. Never more than one. */
export function runnableSlot(state: AgentState): { name: SlotName; installed: InstalledModel } | null {
  if (state.active === null) return null;
  const slot = state.slots[state.active];
  return slot.at === 'trial' || slot.at === 'committed' ? { name: state.active, installed: slot.installed } : null;
}

/** The pinned previous: the committed slot that is not active. */
export function previousSlot(state: AgentState): SlotName | null {
  if (state.active === null) return null;
  const other = otherSlot(state.active);
  return state.slots[other].at === 'committed' ? other : null;
}

/** The slot that holds this very artefact, if any. */
export function slotWith(state: AgentState, ref: ModelRef): SlotName | null {
  const holds = (name: SlotName): boolean => {
    const held = refOf(state.slots[name]);
    return held?.variantDigest === ref.variantDigest && held.bundleDigest === ref.bundleDigest;
  };
  if (state.active !== null && holds(state.active)) return state.active;
  return (['a', 'b'] as const).find(holds) ?? null;
}

/** Where the next model is written: never the active slot. */
export function idleSlot(state: AgentState): SlotName {
  return state.active === null ? 'a' : otherSlot(state.active);
}
