import type { DeviceEvent, ModelRef, ReportedDocument, ServingFigures } from '#contracts/device.ts';
import type { Finding } from '#contracts/primitives.ts';
import { assertNever, type Instant } from '#core/base/index.ts';
import type { RolloutStep } from './next-steps.ts';
import {
  isClosed,
  withCohort,
  withDevice,
  type DevicePhase,
  type DeviceRecord,
  type RolloutRecord,
  type Transition,
} from './record.ts';

/** The record after a step was decided; publication of a desired document follows and is noted by `notePublished`. */
export function applyStep(record: RolloutRecord, step: RolloutStep, now: Instant): Transition {
  const at = { ...record, updatedAt: now };
  switch (step.do) {
    case 'stage':
      return sendOff(at, { device: step.device, phase: 'stage', fact: 'rollout.device-staging' }, now);
    case 'activate':
      return sendOff(at, { device: step.device, phase: 'activate', fact: 'rollout.device-activating' }, now);
    case 'return-device':
      return sendOff(at, { device: step.device, phase: 'return', fact: 'rollout.device-returning' }, now);
    case 'start-cohort':
      return {
        record: withCohort(at, step.cohort, { state: 'running' }),
        facts: [{ type: 'rollout.cohort-started', detail: step.cohort }],
      };
    case 'pass-cohort':
      return {
        record: withCohort(at, step.cohort, { state: 'passed', gateFindings: [] }),
        facts: [{ type: 'rollout.cohort-passed', detail: step.cohort }],
      };
    case 'hold':
      return hold(at, step.cohort, step.findings, step.reason);
    case 'mark-stuck':
      return {
        record: withDevice(at, step.device, { state: 'stuck', since: now, detail: step.detail }),
        facts: [{ type: 'rollout.device-stuck', device: step.device, detail: step.detail }],
      };
    case 'conclude':
      return {
        record: { ...at, state: step.state },
        facts: [{ type: `rollout.${step.state}`, detail: record.reason ?? '' }],
      };
    default:
      return assertNever(step, 'rollout step');
  }
}

interface SendOff {
  readonly device: string;
  readonly phase: Exclude<DevicePhase, 'none'>;
  readonly fact: string;
}

/** A new intent starts from `queued`; repeating one that a restart cut off keeps the state that is known. */
function sendOff(record: RolloutRecord, what: SendOff, now: Instant): Transition {
  const before = record.devices[what.device];
  if (before?.phase === what.phase) return { record: withDevice(record, what.device, { generation: null }), facts: [] };
  const change: Partial<DeviceRecord> = {
    phase: what.phase,
    generation: null,
    since: now,
    detail: '',
    state: what.phase === 'stage' ? 'queued' : 'swapping',
  };
  return {
    record: withDevice(record, what.device, change),
    facts: [{ type: what.fact, device: what.device, detail: '' }],
  };
}

function hold(record: RolloutRecord, cohort: string, findings: readonly Finding[], reason: string): Transition {
  const held = withCohort({ ...record, state: 'held', reason }, cohort, { state: 'held', gateFindings: [...findings] });
  return {
    record: held,
    facts: [{ type: 'rollout.held', detail: findings.map((finding) => finding.message).join('; ') }],
  };
}

/** Notes the generation under which a desired document left. */
export function notePublished(record: RolloutRecord, device: string, generation: number): RolloutRecord {
  return withDevice(record, device, { generation });
}

/**
 * Takes a device-signed report in. Reports repeat what events said, so that an event which a restart of the station cut off
 * is not lost; only a post-soak `confirmed` with the wanted model in the active slot confirms a device.
 */
export function applyReport(record: RolloutRecord, document: ReportedDocument, now: Instant): Transition | null {
  const device = currentDevice(record, document.device, document.generation);
  if (device === null || device.state === 'fell-back' || device.state === 'stuck') return null;
  if (device.phase === 'return') return returnedByReport(record, document, now);
  if (document.rolloutId !== record.id) return null;
  if (document.state === 'fell-back')
    return fellBack(record, document.device, document.fallback?.message ?? 'fell back', now);
  if (document.state === device.state || device.state === 'confirmed' || document.state === 'idle') return null;
  if (document.state === 'confirmed') return confirmedByReport(record, document, now);
  const moved = withDevice(record, document.device, {
    state: document.state,
    since: now,
    figures: document.figures,
    detail: '',
  });
  return {
    record: soakingCohort({ ...moved, updatedAt: now }, device.cohort),
    facts: [{ type: 'rollout.device-moved', device: document.device, detail: document.state }],
  };
}

/** Takes a device event in: the post-soak confirmation, or the fallback, which counts even after a confirmation. */
export function applyEvent(record: RolloutRecord, document: DeviceEvent, now: Instant): Transition | null {
  const { event, device: id } = document;
  if (event.type !== 'confirmed' && event.type !== 'fell-back') return null;
  const device = currentDevice(record, id, event.generation);
  if (device === null || device.state === 'stuck' || device.state === 'fell-back') return null;
  if (event.type === 'fell-back') return fellBack(record, id, event.evidence.message, now);
  const wanted = wantedModel(record, id, device.phase);
  if (wanted === null || event.model.bundleDigest !== wanted.bundleDigest) return null;
  if (device.phase === 'return') return returned(record, id, now);
  if (device.phase !== 'activate' || device.state === 'confirmed') return null;
  return confirmed(record, id, event.figures, now);
}

function confirmed(record: RolloutRecord, id: string, figures: ServingFigures | null, now: Instant): Transition {
  return {
    record: withDevice({ ...record, updatedAt: now }, id, { state: 'confirmed', since: now, figures, detail: '' }),
    facts: [
      {
        type: 'rollout.device-confirmed',
        device: id,
        detail: `${String(figures?.requests ?? 0)} requests in the soak`,
      },
    ],
  };
}

function confirmedByReport(record: RolloutRecord, document: ReportedDocument, now: Instant): Transition | null {
  const active = document.active === null ? null : document.slots[document.active].model;
  const isWanted =
    record.devices[document.device]?.phase === 'activate' && active?.bundleDigest === record.plan.bundleDigest;
  return isWanted ? confirmed(record, document.device, document.figures, now) : null;
}

function fellBack(record: RolloutRecord, id: string, message: string, now: Instant): Transition {
  return {
    record: withDevice({ ...record, updatedAt: now }, id, { state: 'fell-back', since: now, detail: message }),
    facts: [{ type: 'rollout.device-fell-back', device: id, detail: message }],
  };
}

/** A device with nothing to return to has arrived when it reports that nothing is active. */
function returnedByReport(record: RolloutRecord, document: ReportedDocument, now: Instant): Transition | null {
  const wanted = wantedModel(record, document.device, 'return');
  const active = document.active === null ? null : document.slots[document.active].model;
  const arrived =
    wanted === null
      ? active === null
      : active?.bundleDigest === wanted.bundleDigest && ['confirmed', 'idle', 'soaking'].includes(document.state);
  return arrived ? returned(record, document.device, now) : null;
}

function returned(record: RolloutRecord, id: string, now: Instant): Transition {
  return {
    record: withDevice({ ...record, updatedAt: now }, id, {
      state: 'fell-back',
      since: now,
      detail: 'returned to its previous model',
    }),
    facts: [{ type: 'rollout.device-returned', device: id, detail: '' }],
  };
}

function soakingCohort(record: RolloutRecord, cohort: string): RolloutRecord {
  const isRunning = record.cohorts.some((candidate) => candidate.name === cohort && candidate.state === 'running');
  const soaks = Object.values(record.devices).some((device) => device.cohort === cohort && device.state === 'soaking');
  return isRunning && soaks ? withCohort(record, cohort, { state: 'soaking' }) : record;
}

/** The device's record when the news belongs to its current desired document; older generations are stale. */
function currentDevice(record: RolloutRecord, id: string, generation: number): DeviceRecord | null {
  const device = record.devices[id];
  if (device === undefined || device.generation === null || generation < device.generation) return null;
  if (isClosed(record.state) && device.phase !== 'return') return null;
  return device;
}

/** The model that a phase asks of a device. */
export function wantedModel(record: RolloutRecord, id: string, phase: DevicePhase): ModelRef | null {
  const planned = record.plan.cohorts.flatMap((cohort) => cohort.devices).find((device) => device.device === id);
  if (planned === undefined) return null;
  if (phase === 'return') return planned.from;
  return {
    repository: record.plan.repository,
    version: record.plan.version,
    bundleDigest: record.plan.bundleDigest,
    variantDigest: planned.variantDigest,
  };
}
