import { z } from 'zod';
import { DeviceRolloutState, ServingFigures } from '#contracts/device.ts';
import { Digest, Finding, Id, Instant } from '#contracts/primitives.ts';
import { CohortState, RolloutPlan, RolloutState } from '#contracts/rollout.ts';

/** Which desired document a device was last given by this rollout. */
export const DevicePhase = z.enum(['none', 'stage', 'activate', 'return']);
export type DevicePhase = z.infer<typeof DevicePhase>;

export const DeviceRecord = z.object({
  cohort: z.string(),
  state: DeviceRolloutState,
  phase: DevicePhase,
  /** Generation of that document; null between the intent and its publication. */
  generation: z.number().int().nullable(),
  since: Instant,
  figures: ServingFigures.nullable(),
  detail: z.string(),
});
export type DeviceRecord = z.infer<typeof DeviceRecord>;

export const CohortRecord = z.object({
  name: z.string(),
  state: CohortState,
  gateFindings: z.array(Finding),
  /** A person looked at a gate that lacked requests and let it pass. */
  waived: z.boolean(),
});
export type CohortRecord = z.infer<typeof CohortRecord>;

/** Everything a rollout must remember over a restart of the station. */
export const RolloutRecord = z.object({
  v: z.literal(1),
  id: Id,
  plan: RolloutPlan,
  planDigest: Digest,
  state: RolloutState,
  startedBy: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
  reason: z.string().nullable(),
  cohorts: z.array(CohortRecord),
  devices: z.record(Id, DeviceRecord),
});
export type RolloutRecord = z.infer<typeof RolloutRecord>;

/** What happened to a rollout; becomes the audit record of the transition. */
export interface RolloutFact {
  readonly type: string;
  readonly device?: string;
  readonly detail: string;
}

/** The next record and the facts that lead to it; both are written in one transaction. */
export interface Transition {
  readonly record: RolloutRecord;
  readonly facts: readonly RolloutFact[];
}

/** States in which the new version answers on the device, or is about to. */
export const isOnNewVersion = (device: DeviceRecord): boolean =>
  device.phase === 'activate' && ['swapping', 'smoke', 'soaking', 'confirmed'].includes(device.state);

/** Between its activation and its post-soak confirmation. */
export const isInFlight = (device: DeviceRecord): boolean =>
  (device.phase === 'activate' && !['confirmed', 'fell-back', 'stuck'].includes(device.state)) || isReturning(device);

/** On its way back to what it ran before. */
export const isReturning = (device: DeviceRecord): boolean =>
  device.phase === 'return' && !['fell-back', 'stuck'].includes(device.state);

/** A rollout in one of these states changes no device any more. */
export const isClosed = (state: RolloutRecord['state']): boolean =>
  ['finished', 'aborted', 'rolled-back'].includes(state);

/** A copy of the record with one device changed. */
export function withDevice(record: RolloutRecord, device: string, change: Partial<DeviceRecord>): RolloutRecord {
  const before = record.devices[device];
  if (before === undefined) return record;
  return { ...record, devices: { ...record.devices, [device]: { ...before, ...change } } };
}

/** A copy of the record with one cohort changed. */
export function withCohort(record: RolloutRecord, name: string, change: Partial<CohortRecord>): RolloutRecord {
  return {
    ...record,
    cohorts: record.cohorts.map((cohort) => (cohort.name === name ? { ...cohort, ...change } : cohort)),
  };
}

/** The device ids of a cohort, in plan order. */
export function devicesOf(record: RolloutRecord, cohort: string): string[] {
  return record.plan.cohorts.find((planned) => planned.name === cohort)?.devices.map((device) => device.device) ?? [];
}
