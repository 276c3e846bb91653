import type { Person } from '#contracts/site.ts';
import type { TrustException } from '#contracts/trust.ts';
import { AppError, type Instant } from '#core/base/index.ts';

/** How long a request may wait and an approval may be used: a shift and a half, not a standing leave. */
export const EXCEPTION_LIFE_MS = 12 * 3_600_000;

/**
 * A second administrator approves what the first asked for. Refused: the same person, a role that may not change trust, a request that
 * ran out, one that was decided before, and one that names other content than this person saw.
 */
export function approveException(
  request: TrustException,
  by: { person: Person; timestampDigest: string; now: Instant },
): TrustException {
  const { id } = request;
  if (request.state !== 'requested')
    throw new AppError('TRUST_EXCEPTION_DECIDED', `the request ${id} was ${request.state} before`, { id });
  assertInTime(request, by.now);
  if (by.person.role !== 'admin')
    throw new AppError('NOT_PERMITTED', `${by.person.role} may not approve an exception`, { role: by.person.role });
  if (by.person.id === request.requestedBy.id || by.person.name === request.requestedBy.name)
    throw new AppError('TRUST_EXCEPTION_SAME_PERSON', `${by.person.name} asked for this exception`, { id });
  assertSameContent(request, by.timestampDigest);
  return { ...request, state: 'approved', approvedBy: by.person, validUntil: by.now + EXCEPTION_LIFE_MS };
}

/** One use for exactly the content that was approved. */
export function useException(approved: TrustException, use: { timestampDigest: string; now: Instant }): TrustException {
  if (approved.state !== 'approved')
    throw new AppError('TRUST_EXCEPTION_DECIDED', `the exception ${approved.id} is ${approved.state}, not approved`, {
      id: approved.id,
    });
  assertInTime(approved, use.now);
  assertSameContent(approved, use.timestampDigest);
  return { ...approved, state: 'used' };
}

/** A clock that is set back to before the request brings no second life. */
function assertInTime({ id, requestedAt, validUntil }: TrustException, now: Instant): void {
  if (now >= requestedAt && now <= validUntil) return;
  throw new AppError('TRUST_EXCEPTION_EXPIRED', `the exception ${id} has run out`, { id });
}

function assertSameContent({ id, timestampDigest }: TrustException, seen: string): void {
  if (timestampDigest === seen) return;
  throw new AppError('TRUST_EXCEPTION_CHANGED', `the exception ${id} is about other content`, { id });
}
