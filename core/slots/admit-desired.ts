import type { DesiredDocument } from '#contracts/device.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { canonicalJson, type Instant } from '#core/base/index.ts';
import type { AgentState } from './state.ts';
import { floorUnder, setsTimeBack } from './time-floor.ts';

/** Whether a desired document, whose signature holds, may replace the one in force. */
export type Admission =
  | { readonly admitted: true; readonly renewal: boolean }
  /** The retained copy of what is in force already. */
  | { readonly admitted: false; readonly repeat: true }
  | { readonly admitted: false; readonly repeat: false; readonly code: ErrorCode; readonly message: string };

export interface Addressee {
  readonly site: string;
  readonly device: string;
}

/** Addressed to this device, newer than anything accepted, not expired: nothing else changes what a device runs. */
export function admitDesired(state: AgentState, document: DesiredDocument, me: Addressee, now: Instant): Admission {
  if (document.site !== me.site || document.device !== me.device) {
    return refused(
      'DOCUMENT_SIGNATURE_INVALID',
      `for ${me.site}/${me.device} expected, document is for ${document.site}/${document.device}`,
    );
  }
  if (
    document.generation === state.generation &&
    state.desired !== null &&
    canonicalJson(document) === canonicalJson(state.desired)
  ) {
    return { admitted: false, repeat: true };
  }
  const floor = floorUnder(state, document);
  if (isRenewal(state, document)) {
    return isExpired(document, floor, now) ? expired(document) : { admitted: true, renewal: true };
  }
  if (document.generation <= state.generation) {
    return refused(
      'DOCUMENT_STALE',
      `generation above ${String(state.generation)} expected, document has ${String(document.generation)}`,
    );
  }
  if (isExpired(document, floor, now)) return expired(document);
  return { admitted: true, renewal: false };
}

/** A device clock may be years behind: signed times that were seen are a floor under it. */
export function isExpired(document: DesiredDocument, timeFloor: Instant, now: Instant): boolean {
  return Math.max(now, timeFloor) > document.expiresAt;
}

/** The same wish sealed again with a later lifetime, newer trust, or for a mirror that moved; its generation stays. */
function isRenewal(state: AgentState, document: DesiredDocument): boolean {
  const held = state.desired;
  if (held === null || held.generation !== document.generation) return false;
  if (document.issuedAt < held.issuedAt && !setsTimeBack(state, document)) return false;
  const wish = ({
    issuedAt: _issuedAt,
    expiresAt: _expiresAt,
    mirror: _mirror,
    trust: _trust,
    ...rest
  }: DesiredDocument): string => canonicalJson(rest);
  return wish(held) === wish(document);
}

function expired(document: DesiredDocument): Admission {
  return refused('DOCUMENT_STALE', `document of generation ${String(document.generation)} has expired`);
}

function refused(code: ErrorCode, message: string): Admission {
  return { admitted: false, repeat: false, code, message };
}
