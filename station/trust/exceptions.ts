import type { Person } from '#contracts/site.ts';
import { TrustException, type DowngradeException, type PinnedPrevious } from '#contracts/trust.ts';
import { AppError, type Clock, type IdSource, type Instant } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { allowsDowngrade, approveException, EXCEPTION_LIFE_MS, subjectOf, useException } from '#core/trust/index.ts';
import type { DowngradeApprovals, ExpiryExcuse, RefreshResult } from '#core/trust/ports.ts';
import { judgeClock } from '#core/trusted-time/index.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import { pinnedPrevious } from './pinned-previous.ts';

export interface ExceptionDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly floors: FloorKeeper;
  /** A time before which this site did not exist, so that none can be set. */
  readonly siteSince: Instant;
}

/** Exceptions: one person asks, another one approves, what was approved is used. Every step is recorded. */
export interface TrustExceptions extends DowngradeApprovals {
  list(): TrustException[];
  request(input: { timestampDigest: string; expiredAt: Instant; reason: string }, person: Person): TrustException;
  /** TRUST_DOWNGRADE_NONE when nothing was accepted before what is in force. */
  requestDowngrade(
    input: Pick<PinnedPrevious, 'model' | 'channel'> & { reason: string },
    person: Person,
  ): TrustException;
  /** TRUST_TIME_NOT_BACK when it lies after the time in force or before the site. */
  requestTimeReset(input: { to: Instant; reason: string }, person: Person): TrustException;
  /** TRUST_EXCEPTION_*: the same person, run out, decided before, other content. */
  approve(input: { id: string; subject: string }, approver: Person): Promise<TrustException>;
  /** The content that may pass now; null when nothing was approved or the approval ran out. */
  approved(now: Instant): ExpiryExcuse | null;
  /** Precondition: inside the transaction of the update. The id of the exception that it needed. */
  use(result: RefreshResult, person: Person): string | null;
  /** Two versions of every model and channel that has a way back. */
  previous(): PinnedPrevious[];
}

type Kind<K extends TrustException['kind']> = Extract<TrustException, { kind: K }>;

export function createTrustExceptions(deps: ExceptionDeps): TrustExceptions {
  const kept = exceptionRecords(deps);
  return { list: kept.list, ...requests(deps, kept), ...approvals(deps, kept), ...downgrades(deps, kept) };
}

interface ExceptionRecords {
  /** The later of clock and proven time: a clock that is set back brings no second life. */
  now(): Instant;
  list(): TrustException[];
  get(id: string): TrustException | undefined;
  /** Precondition: inside a transaction. */
  put<E extends TrustException>(exception: E, type: string, person: Person): E;
}

function exceptionRecords({ store, clock, floors }: ExceptionDeps): ExceptionRecords {
  const documents = store.documents('trust-exceptions', TrustException);
  return {
    now: () => judgeClock(clock.now(), floors.floors().time).now,
    list: () => documents.list().sort((one, other) => other.requestedAt - one.requestedAt),
    get: (id) => documents.get(id),
    put: (exception, type, person) => {
      store.events.append({
        actor: { kind: 'person', id: person.id, name: person.name },
        stream: 'trust',
        type,
        subject: exception.id,
        payload: {
          kind: exception.kind,
          about: subjectOf(exception),
          ...told(exception),
          reason: exception.reason,
          requestedBy: exception.requestedBy.id,
          approvedBy: exception.approvedBy?.id ?? null,
          validUntil: exception.validUntil,
        },
      });
      documents.put(exception.id, exception);
      return exception;
    },
  };
}

/** What the first person asks for. */
function requests(
  { store, clock, ids, floors, siteSince }: ExceptionDeps,
  kept: ExceptionRecords,
): Pick<TrustExceptions, 'request' | 'requestDowngrade' | 'requestTimeReset'> {
  const ask = <E extends TrustException>(make: (common: Decision) => E, reason: string, person: Person): E => {
    const requestedAt = kept.now();
    const validUntil = requestedAt + EXCEPTION_LIFE_MS;
    const common = { id: ids.next(), reason, requestedBy: person, requestedAt, approvedBy: null, validUntil };
    return store.transaction(() =>
      kept.put(make({ ...common, state: 'requested' }), 'trust.exception-requested', person),
    );
  };
  return {
    request: ({ timestampDigest, expiredAt, reason }, person) =>
      ask((common) => ({ ...common, kind: 'expired-timestamp', timestampDigest, expiredAt }), reason, person),
    requestDowngrade: ({ model, channel, reason }, person) => {
      const found = pinnedPrevious(floors.floors()).find((one) => one.model === model && one.channel === channel);
      if (found === undefined)
        throw new AppError('TRUST_DOWNGRADE_NONE', `nothing was accepted before the newest ${model} on ${channel}`, {
          model,
          channel,
        });
      const { newest: from, previous: to } = found;
      return ask((common) => ({ ...common, kind: 'downgrade', model, channel, from, to }), reason, person);
    },
    requestTimeReset: ({ to, reason }, person) => {
      const from = floors.floors().time?.at ?? null;
      if (to > (from ?? clock.now()) || to < siteSince)
        throw new AppError('TRUST_TIME_NOT_BACK', 'time is only set back, and not to before the site existed', {
          from,
          to,
          siteSince,
        });
      return ask((common) => ({ ...common, kind: 'time-reset', from, to }), reason, person);
    },
  };
}

/** What the second person approves, and the one update that an expired timestamp may serve. */
function approvals(
  { store, floors }: ExceptionDeps,
  kept: ExceptionRecords,
): Pick<TrustExceptions, 'approve' | 'approved' | 'use'> {
  const current = (at: Instant): Kind<'expired-timestamp'> | undefined =>
    kept
      .list()
      .filter((one) => one.kind === 'expired-timestamp')
      .find((one) => one.state === 'approved' && at >= one.requestedAt && at <= one.validUntil);

  /** The approval and its effect are one step: a time that is known to be wrong serves nobody for a minute more. */
  const setTimeBack = (approved: Kind<'time-reset'>, person: Person): Promise<TrustException> =>
    floors.setTimeBack({ at: approved.to, kind: 'people', subject: approved.id }, () => {
      kept.put(approved, 'trust.exception-approved', person);
      return kept.put({ ...approved, state: 'used' as const }, 'trust.time-set-back', person);
    });

  return {
    approve: async ({ id, subject }, person) => {
      const request = kept.get(id);
      if (request === undefined)
        throw new AppError('TRUST_EXCEPTION_UNKNOWN', `no exception ${id} was asked for here`, { id });
      const approved = approveException(request, { person, subject, now: kept.now() });
      if (approved.kind === 'time-reset') return setTimeBack(approved, person);
      return store.transaction(() => kept.put(approved, 'trust.exception-approved', person));
    },
    approved: (at) => {
      const exception = current(at);
      return exception === undefined ? null : { timestampDigest: exception.timestampDigest };
    },
    use: (result, person) => {
      const at = kept.now();
      if (result.expires.timestamp > at) return null;
      const exception = current(at);
      if (exception === undefined)
        throw new AppError('TUF_EXPIRED', 'the timestamp has expired and nobody approved an exception', {
          role: 'timestamp',
        });
      const used = useException(exception, { subject: result.timestampDigest, now: at });
      return kept.put(used, 'trust.exception-used', person).id;
    },
  };
}

/** The one way back of each model, and what was approved of it. */
function downgrades(
  { store, floors }: ExceptionDeps,
  kept: ExceptionRecords,
): Pick<TrustExceptions, 'previous' | 'approvedDowngrade' | 'useDowngrade'> {
  const previous = (): PinnedPrevious[] => pinnedPrevious(floors.floors());
  return {
    previous,
    approvedDowngrade: ({ model, channel, digest }) => {
      const pinned = previous().find((one) => one.model === model && one.channel === channel);
      if (pinned === undefined) return null;
      const inForce = { model, channel, newest: pinned.newest.digest, now: kept.now() };
      const fits = (one: TrustException): one is DowngradeException =>
        one.kind === 'downgrade' && allowsDowngrade(one, digest, inForce);
      return kept.list().find(fits) ?? null;
    },
    useDowngrade: (exception, use) => {
      const { by } = use;
      store.events.append({
        actor: { kind: 'person', id: by.id, name: by.name },
        stream: 'trust',
        type: 'trust.downgrade-used',
        subject: exception.id,
        payload: { ...told(exception), for: use.for, approvedBy: exception.approvedBy?.id ?? null },
      });
    },
  };
}

type Decision = Pick<
  Kind<'expired-timestamp'>,
  'id' | 'reason' | 'requestedBy' | 'requestedAt' | 'state' | 'approvedBy' | 'validUntil'
>;

/** What a record tells beside the subject. */
function told(exception: TrustException): Record<string, string | number | null> {
  switch (exception.kind) {
    case 'expired-timestamp':
      return { timestampDigest: exception.timestampDigest };
    case 'downgrade': {
      const { model, channel, from, to } = exception;
      return { model, channel, fromSequence: from.sequence, toSequence: to.sequence, digest: to.digest };
    }
    case 'time-reset':
      return { from: exception.from, to: exception.to };
  }
}
