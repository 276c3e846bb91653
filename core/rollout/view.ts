import type { CohortView, RolloutView } from '#contracts/rollout.ts';
import type { Instant } from '#core/base/index.ts';
import { devicesOf, type CohortRecord, type RolloutRecord } from './record.ts';

/** The record as the board shows it. */
export function viewOf(record: RolloutRecord): RolloutView {
  return {
    id: record.id,
    state: record.state,
    bundleDigest: record.plan.bundleDigest,
    repository: record.plan.repository,
    version: record.plan.version,
    ticket: record.plan.ticket,
    startedBy: record.startedBy,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    planDigest: record.planDigest,
    gate: record.plan.gate,
    cohorts: record.cohorts.map((cohort) => cohortView(record, cohort)),
    excluded: record.plan.excluded,
    reason: record.reason,
    next: nextAction(record),
  };
}

function cohortView(record: RolloutRecord, cohort: CohortRecord): CohortView {
  const planned = record.plan.cohorts.find((candidate) => candidate.name === cohort.name)?.devices ?? [];
  return {
    name: cohort.name,
    state: cohort.state,
    gateFindings: cohort.gateFindings,
    soakEndsAt: soakEnd(record, cohort),
    devices: planned.flatMap(({ device, variantDigest, from }) => {
      const entry = record.devices[device];
      if (entry === undefined) return [];
      return [
        {
          device,
          variantDigest,
          from,
          state: entry.state,
          since: entry.since,
          figures: entry.figures,
          detail: entry.detail,
        },
      ];
    }),
  };
}

/** The last soak of the cohort ends here, as far as devices have begun theirs. */
function soakEnd(record: RolloutRecord, cohort: CohortRecord): Instant | null {
  const starts = devicesOf(record, cohort.name).flatMap((id) => {
    const device = record.devices[id];
    return device?.state === 'soaking' && device.phase === 'activate' ? [device.since] : [];
  });
  return starts.length === 0 ? null : Math.max(...starts) + record.plan.gate.soakSeconds * 1000;
}

function nextAction(record: RolloutRecord): RolloutView['next'] {
  if (record.state !== 'running') return null;
  const cohort = record.cohorts.find((candidate) => candidate.state !== 'passed');
  if (cohort === undefined) return { action: 'finish', at: null };
  return cohort.state === 'waiting'
    ? { action: 'start-cohort', at: null }
    : { action: 'gate', at: soakEnd(record, cohort) };
}
