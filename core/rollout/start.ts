import type { RolloutPlan } from '#contracts/rollout.ts';
import { AppError, isBlocking, type Digest, type Instant } from '#core/base/index.ts';
import type { RolloutRecord } from './record.ts';

/** The first record of a rollout. Refuses a plan with blocking findings, and one that is not the plan that was seen. */
export function startRecord(input: {
  id: string;
  plan: RolloutPlan;
  planDigest: Digest;
  seenDigest: Digest | undefined;
  startedBy: string;
  now: Instant;
}): RolloutRecord {
  const { plan, now } = input;
  if (plan.ticket === '') throw new AppError('ROLLOUT_TICKET_MISSING', 'a rollout needs a change ticket', {});
  if (isBlocking(plan.findings)) {
    const reasons = [...plan.findings, ...plan.excluded.map((left) => left.finding)];
    throw new AppError('ROLLOUT_PLAN_INVALID', reasons.map((finding) => finding.message).join('; '), {
      findings: plan.findings.map((finding) => finding.code),
    });
  }
  if (input.seenDigest !== undefined && input.seenDigest !== input.planDigest) {
    throw new AppError('CONFLICT', 'the fleet changed since the plan was shown', {
      seen: input.seenDigest,
      now: input.planDigest,
    });
  }
  return {
    v: 1,
    id: input.id,
    plan,
    planDigest: input.planDigest,
    state: 'running',
    startedBy: input.startedBy,
    createdAt: now,
    updatedAt: now,
    reason: null,
    cohorts: plan.cohorts.map((cohort) => ({ name: cohort.name, state: 'waiting', gateFindings: [], waived: false })),
    devices: Object.fromEntries(
      plan.cohorts.flatMap((cohort) =>
        cohort.devices.map(({ device }) => [
          device,
          {
            cohort: cohort.name,
            state: 'queued' as const,
            phase: 'none' as const,
            generation: null,
            since: now,
            figures: null,
            detail: '',
          },
        ]),
      ),
    ),
  };
}
