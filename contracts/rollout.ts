import { z } from 'zod';
import { DeviceRolloutState, ModelRef, ServingFigures } from './device.ts';
import { DeviceId, Digest, Finding, Id, Instant } from './primitives.ts';

/** Thresholds that a cohort must hold after its soak before the next one starts. */
export const GatePolicy = z.object({
  maxP99Ms: z.number().positive(),
  maxErrorRate: z.number().min(0).max(1),
  maxDoubtfulShare: z.number().min(0).max(1),
  minRequests: z.number().int().min(0),
  soakSeconds: z.number().positive(),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

export const CohortSpec = z.object({
  name: z.enum(['canary', 'early', 'rest']),
  share: z.number().min(0).max(1),
  minDevices: z.number().int().min(1),
});
export type CohortSpec = z.infer<typeof CohortSpec>;

/** What a person asks for. */
export const RolloutRequest = z.object({
  bundleDigest: Digest,
  /** Lines to change; empty means the whole site. */
  lines: z.array(z.string()),
  ticket: z.string().max(128),
  cohorts: z.array(CohortSpec).min(1).max(3),
  gate: GatePolicy,
  /** Given when a plan was shown before, so that the started plan is the seen one. */
  planDigest: Digest.optional(),
});
export type RolloutRequest = z.infer<typeof RolloutRequest>;

/** The pure result of planning: same inputs, same bytes. */
export const RolloutPlan = z.object({
  v: z.literal(1),
  bundleDigest: Digest,
  repository: z.string(),
  version: z.string(),
  ticket: z.string(),
  gate: GatePolicy,
  cohorts: z.array(
    z.object({
      name: z.string(),
      devices: z.array(z.object({ device: DeviceId, variantDigest: Digest, from: ModelRef.nullable() })),
    }),
  ),
  excluded: z.array(z.object({ device: DeviceId, finding: Finding })),
  findings: z.array(Finding),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

export const RolloutState = z.enum([
  'draft',
  'awaiting-approval',
  'scheduled',
  'running',
  'paused',
  'finished',
  'aborted',
  'rolled-back',
  'held',
]);
export type RolloutState = z.infer<typeof RolloutState>;

export const CohortState = z.enum(['waiting', 'running', 'soaking', 'gate', 'passed', 'held']);
export type CohortState = z.infer<typeof CohortState>;

export const DeviceProgress = z.object({
  device: DeviceId,
  state: DeviceRolloutState,
  since: Instant,
  variantDigest: Digest,
  from: ModelRef.nullable(),
  figures: ServingFigures.nullable(),
  detail: z.string(),
});
export type DeviceProgress = z.infer<typeof DeviceProgress>;

export const CohortView = z.object({
  name: z.string(),
  state: CohortState,
  devices: z.array(DeviceProgress),
  soakEndsAt: Instant.nullable(),
  gateFindings: z.array(Finding),
});
export type CohortView = z.infer<typeof CohortView>;

export const RolloutView = z.object({
  id: Id,
  state: RolloutState,
  bundleDigest: Digest,
  repository: z.string(),
  version: z.string(),
  ticket: z.string(),
  startedBy: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
  planDigest: Digest,
  gate: GatePolicy,
  cohorts: z.array(CohortView),
  excluded: z.array(z.object({ device: DeviceId, finding: Finding })),
  /** Why it does not go on, while paused, held, aborted or rolled back. */
  reason: z.string().nullable(),
  /** What happens by itself next, and when. */
  next: z.object({ action: z.string(), at: Instant.nullable() }).nullable(),
});
export type RolloutView = z.infer<typeof RolloutView>;

/** Said before an abort or rollback, and true after it. */
export const AbortPreview = z.object({
  keep: z.array(DeviceId),
  neverStart: z.array(DeviceId),
  rollBack: z.array(DeviceId),
});
export type AbortPreview = z.infer<typeof AbortPreview>;
