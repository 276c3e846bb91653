import type { Person } from '#contracts/site.ts';
import { TrustException } from '#contracts/trust.ts';
import { AppError, type Clock, type IdSource, type Instant } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { approveException, EXCEPTION_LIFE_MS, useException } from '#core/trust/index.ts';
import type { ExpiryExcuse, RefreshResult } from '#core/trust/ports.ts';
import { judgeClock } from '#core/trusted-time/index.ts';
import type { FloorKeeper } from './floor-keeper.ts';

export interface ExceptionDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly floors: FloorKeeper;
}

/** Exceptions for an expired timestamp: one person asks, another one approves, one update uses it. All three are recorded. */
export interface TrustExceptions {
  list(): TrustException[];
  request(input: { timestampDigest: string; expiredAt: Instant; reason: string }, person: Person): TrustException;
  /** TRUST_EXCEPTION_*: the same person, run out, decided before, other content. */
  approve(input: { id: string; timestampDigest: string }, approver: Person): TrustException;
  /** The content that may pass now; null when nothing was approved or the approval ran out. */
  approved(now: Instant): ExpiryExcuse | null;
  /** Precondition: inside the transaction of the update. The id of the exception that it needed. */
  use(result: RefreshResult, person: Person): string | null;
}

export function createTrustExceptions({ store, clock, ids, floors }: ExceptionDeps): TrustExceptions {
  const documents = store.documents('trust-exceptions', TrustException);
  const now = (): Instant => judgeClock(clock.now(), floors.floors().time).now;

  function put(exception: TrustException, type: string, person: Person): TrustException {
    store.transaction(() => {
      store.events.append({
        actor: { kind: 'person', id: person.id, name: person.name },
        stream: 'trust',
        type,
        subject: exception.id,
        payload: {
          timestampDigest: exception.timestampDigest,
          reason: exception.reason,
          requestedBy: exception.requestedBy.id,
          approvedBy: exception.approvedBy?.id ?? null,
          validUntil: exception.validUntil,
        },
      });
      documents.put(exception.id, exception);
    });
    return exception;
  }

  const current = (at: Instant): TrustException | undefined =>
    documents.list().find((one) => one.state === 'approved' && at >= one.requestedAt && at <= one.validUntil);

  return {
    list: () => documents.list().sort((one, other) => other.requestedAt - one.requestedAt),
    request: ({ timestampDigest, expiredAt, reason }, person) => {
      const at = now();
      const id = ids.next();
      const exception: TrustException = {
        id,
        timestampDigest,
        expiredAt,
        reason,
        requestedBy: person,
        requestedAt: at,
        state: 'requested',
        approvedBy: null,
        validUntil: at + EXCEPTION_LIFE_MS,
      };
      return put(exception, 'trust.exception-requested', person);
    },
    approve: ({ id, timestampDigest }, approver) => {
      const request = documents.get(id);
      if (request === undefined)
        throw new AppError('TRUST_EXCEPTION_UNKNOWN', `no exception ${id} was asked for here`, { id });
      const approved = approveException(request, { person: approver, timestampDigest, now: now() });
      return put(approved, 'trust.exception-approved', approver);
    },
    approved: (at) => {
      const exception = current(at);
      return exception === undefined ? null : { timestampDigest: exception.timestampDigest };
    },
    use: (result, person) => {
      const at = now();
      if (result.expires.timestamp > at) return null;
      const exception = current(at);
      if (exception === undefined)
        throw new AppError('TUF_EXPIRED', 'the timestamp has expired and nobody approved an exception', {
          role: 'timestamp',
        });
      const { timestampDigest } = result;
      return put(useException(exception, { timestampDigest, now: at }), 'trust.exception-used', person).id;
    },
  };
}
