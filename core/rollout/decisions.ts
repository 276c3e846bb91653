import type { AbortPreview } from '#contracts/rollout.ts';
import { AppError, type Instant } from '#core/base/index.ts';
import { isWaivable } from './next-steps.ts';
import {
  isClosed,
  isInFlight,
  isOnNewVersion,
  withCohort,
  withDevice,
  type DeviceRecord,
  type RolloutRecord,
  type Transition,
} from './record.ts';

export type AbortMode = 'abort' | 'rollback';

/** What an abort or a rollback will do to each device; said before, true after. */
export function previewAbort(record: RolloutRecord, mode: AbortMode): AbortPreview {
  const preview: AbortPreview = { keep: [], neverStart: [], rollBack: [] };
  for (const [id, device] of Object.entries(record.devices)) {
    const fate = fateOf(device, mode);
    if (fate !== null) preview[fate].push(id);
  }
  return preview;
}

function fateOf(device: DeviceRecord, mode: AbortMode): keyof AbortPreview | null {
  if (device.state === 'fell-back') return null;
  if (device.phase === 'activate' && device.state === 'confirmed') return mode === 'abort' ? 'keep' : 'rollBack';
  if (isInFlight(device) || isOnNewVersion(device) || device.state === 'stuck') return 'rollBack';
  return 'neverStart';
}

/** Stops new work; what is in flight finishes its own soak. */
export function pause(record: RolloutRecord, reason: string, now: Instant): Transition {
  requireState(record, ['running'], 'pause');
  return {
    record: { ...record, state: 'paused', reason, updatedAt: now },
    facts: [{ type: 'rollout.paused', detail: reason }],
  };
}

/** Goes on after a pause, or lets a gate pass that only lacked requests. */
export function resume(record: RolloutRecord, now: Instant): Transition {
  requireState(record, ['paused', 'held'], 'resume');
  const running: RolloutRecord = { ...record, state: 'running', reason: null, updatedAt: now };
  if (record.state === 'paused') return { record: running, facts: [{ type: 'rollout.resumed', detail: '' }] };
  const held = record.cohorts.find((cohort) => cohort.state === 'held');
  if (held === undefined || !isWaivable(held)) {
    throw new AppError('ROLLOUT_STATE_CONFLICT', 'a gate that failed on figures cannot be passed by hand', {
      rolloutId: record.id,
      state: record.state,
    });
  }
  return {
    record: withCohort(running, held.name, { state: 'soaking', waived: true }),
    facts: [{ type: 'rollout.gate-waived', detail: held.gateFindings.map((finding) => finding.message).join('; ') }],
  };
}

/** Ends the rollout: every device gets the fate that the preview said. Those that were given anything are sent back. */
export function abort(record: RolloutRecord, mode: AbortMode, reason: string, now: Instant): Transition {
  if (isClosed(record.state) && !(mode === 'rollback' && record.state === 'finished')) requireState(record, [], mode);
  const preview = previewAbort(record, mode);
  const touched = [...preview.rollBack, ...preview.neverStart.filter((id) => record.devices[id]?.phase !== 'none')];
  const sentBack = touched.reduce(
    (next, id) =>
      withDevice(next, id, { phase: 'return', generation: null, since: now, state: 'swapping', detail: '' }),
    record,
  );
  const state = mode === 'abort' ? 'aborted' : 'rolled-back';
  return {
    record: { ...sentBack, state, reason, updatedAt: now },
    facts: [
      {
        type: `rollout.${state}`,
        detail: `${reason} (keep ${String(preview.keep.length)}, never start ${String(preview.neverStart.length)}, roll back ${String(preview.rollBack.length)})`,
      },
    ],
  };
}

function requireState(record: RolloutRecord, allowed: readonly RolloutRecord['state'][], action: string): void {
  if (allowed.includes(record.state)) return;
  throw new AppError('ROLLOUT_STATE_CONFLICT', `a rollout that is ${record.state} cannot ${action}`, {
    rolloutId: record.id,
    state: record.state,
    action,
  });
}
