import type { Person } from '#contracts/site.ts';
import type { DowngradeException, TrustException } from '#contracts/trust.ts';
import { AppError, assertNever, toIsoUtc, type Instant } from '#core/base/index.ts';

/** How long a request may wait and an approval may be used: a shift and a half, not a standing leave. */
export const EXCEPTION_LIFE_MS = 12 * 3_600_000;

/** What exactly is asked for, in one line: both people must name the same. */
export function subjectOf(exception: TrustException): string {
  switch (exception.kind) {
    case 'expired-timestamp':
      return exception.timestampDigest;
    case 'downgrade':
      return exception.to.digest;
    case 'time-reset':
      return toIsoUtc(exception.to);
    default:
      return assertNever(exception, 'kind of exception');
  }
}

/**
 * A second administrator approves what the first asked for. Refused: the same person, a role that may not change trust, a request that
 * ran out, one that was decided before, and one that names other content than this person saw.
 */
export function approveException<E extends TrustException>(
  request: E,
  by: { person: Person; subject: string; now: Instant },
): E {
  const { id } = request;
  if (request.state !== 'requested')
    throw new AppError('TRUST_EXCEPTION_DECIDED', `the request ${id} was ${request.state} before`, { id });
  assertInTime(request, by.now);
  if (by.person.role !== 'admin')
    throw new AppError('NOT_PERMITTED', `${by.person.role} may not approve an exception`, { role: by.person.role });
  if (by.person.id === request.requestedBy.id || by.person.name === request.requestedBy.name)
    throw new AppError('TRUST_EXCEPTION_SAME_PERSON', `${by.person.name} asked for this exception`, { id });
  assertSameSubject(request, by.subject);
  return { ...request, state: 'approved', approvedBy: by.person, validUntil: by.now + EXCEPTION_LIFE_MS };
}

/** One use for exactly the content that was approved. */
export function useException<E extends TrustException>(approved: E, use: { subject: string; now: Instant }): E {
  if (approved.state !== 'approved')
    throw new AppError('TRUST_EXCEPTION_DECIDED', `the exception ${approved.id} is ${approved.state}, not approved`, {
      id: approved.id,
    });
  assertInTime(approved, use.now);
  assertSameSubject(approved, use.subject);
  return { ...approved, state: 'used' };
}

/** The version in force on a channel when somebody wants to go back. */
interface InForce {
  readonly model: string;
  readonly channel: string;
  /** Digest of the newest accepted version. */
  readonly newest: string;
  readonly now: Instant;
}

/**
 * Whether an approval lets this bundle pass: exactly the approved one, on its channel, in time, and only while nothing newer than what
 * the two people looked at was accepted. It may be used until it runs out: an import and its rollout are one way back.
 */
export function allowsDowngrade(exception: DowngradeException, digest: string, inForce: InForce): boolean {
  return (
    exception.state !== 'requested' &&
    isInTime(exception, inForce.now) &&
    exception.to.digest === digest &&
    exception.model === inForce.model &&
    exception.channel === inForce.channel &&
    exception.from.digest === inForce.newest
  );
}

function isInTime({ requestedAt, validUntil }: TrustException, now: Instant): boolean {
  return now >= requestedAt && now <= validUntil;
}

/** A clock that is set back to before the request brings no second life. */
function assertInTime(exception: TrustException, now: Instant): void {
  if (isInTime(exception, now)) return;
  throw new AppError('TRUST_EXCEPTION_EXPIRED', `the exception ${exception.id} has run out`, { id: exception.id });
}

function assertSameSubject(exception: TrustException, seen: string): void {
  const { id } = exception;
  if (subjectOf(exception) === seen) return;
  throw new AppError('TRUST_EXCEPTION_CHANGED', `the exception ${id} is about other content`, { id });
}
