import type { DesiredDocument } from '#contracts/device.ts';
import type { Instant } from '#core/base/index.ts';
import type { AgentState } from './state.ts';

/** Whether a document tells that two people at the site set the time back since the device last heard of it. */
export function setsTimeBack(state: AgentState, { trust }: DesiredDocument): boolean {
  if (trust === undefined || trust.timeResets <= (state.trust?.timeResets ?? 0)) return false;
  // A restored station must not speak for the site of today.
  return state.trust === null || trust.trustVersion >= state.trust.trustVersion;
}

/** The signed time that a document is judged against: the device's own, or the one that the site set back. */
export function floorUnder(state: AgentState, document: DesiredDocument): Instant {
  return setsTimeBack(state, document) ? (document.trust?.timeFloor ?? 0) : state.timeFloor;
}
