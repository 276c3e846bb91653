import type { DesiredDocument, DeviceTrust } from '#contracts/device.ts';
import type { Instant } from '#core/base/index.ts';
import type { DeviceRecord } from './device-record.ts';

const DAY_MS = 86_400_000;

/** A document is good for 30 days and sealed again in the second half, so that a station outage of two weeks stops nobody. */
export const DESIRED_VALIDITY = { forMs: 30 * DAY_MS, resealAfterMs: 15 * DAY_MS } as const;

/** What a document says beside the wish itself. */
interface Surroundings {
  readonly now: Instant;
  readonly mirrorUrl: string;
  /** Whom the site trusts now; absent where a station does not tell its devices. */
  readonly trust?: DeviceTrust | undefined;
}

export type DesiredRequest = Pick<DesiredDocument, 'model' | 'phase' | 'rolloutId' | 'ticket' | 'watchdog'>;

/**
 * The next document of a device. The generation rises above both what was sent and what the device has seen:
 * a station restored from an older copy must not issue documents that every device calls stale.
 */
export function nextDesired(
  record: DeviceRecord,
  change: DesiredRequest,
  at: { site: string } & Surroundings,
): DesiredDocument {
  const seen = Math.max(record.desired?.document.generation ?? 0, record.reported?.generation ?? 0);
  return {
    v: 1,
    site: at.site,
    device: record.id,
    generation: seen + 1,
    issuedAt: issuedAfter(record.desired?.document, at),
    expiresAt: issuedAfter(record.desired?.document, at) + DESIRED_VALIDITY.forMs,
    model: change.model,
    phase: change.phase,
    rolloutId: change.rolloutId,
    ticket: change.ticket,
    watchdog: change.watchdog,
    mirror: { url: at.mirrorUrl },
    ...(at.trust === undefined ? {} : { trust: at.trust }),
  };
}

/** The same wish with a new lifetime, trust or mirror address, or undefined while the sealed one is still good. The generation stays. */
export function renewedDesired(document: DesiredDocument, at: Surroundings): DesiredDocument | undefined {
  const fresh =
    at.now - document.issuedAt < DESIRED_VALIDITY.resealAfterMs &&
    document.mirror.url === at.mirrorUrl &&
    sameTrust(document.trust, at.trust);
  return fresh
    ? undefined
    : {
        ...document,
        issuedAt: issuedAfter(document, at),
        expiresAt: issuedAfter(document, at) + DESIRED_VALIDITY.forMs,
        mirror: { url: at.mirrorUrl },
        ...(at.trust === undefined ? {} : { trust: at.trust }),
      };
}

/**
 * A device takes no document that was issued before the one it holds, so a clock that was set back must not issue one: neither would the
 * device hear of anything again. Only where two people set the time back does the count begin anew.
 */
function issuedAfter(held: DesiredDocument | undefined, { now, trust }: Surroundings): Instant {
  if (held === undefined || (trust?.timeResets ?? 0) > (held.trust?.timeResets ?? 0)) return now;
  return Math.max(now, held.issuedAt);
}

/** A newer time floor alone is not worth a new seal: it travels with the next. */
function sameTrust(sealed: DeviceTrust | undefined, now: DeviceTrust | undefined): boolean {
  return (
    sealed?.trustVersion === now?.trustVersion &&
    sealed?.policyVersion === now?.policyVersion &&
    sealed?.timeResets === now?.timeResets
  );
}
