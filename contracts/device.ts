import { z } from 'zod';
import { LineContract, type ServiceObjectives } from './bundle.ts';
import { AgeRecipient } from './keys.ts';
import { DeviceId, Digest, Finding, Id, Instant, RepositoryName, SiteId, VersionTag } from './primitives.ts';
import { TrustStore, VerificationPolicy } from './verdict.ts';

/** DSSE payload types of the signed documents between station and devices. */
export const PAYLOAD_TYPES = {
  desired: 'application/vnd.gantry.desired.v1+json',
  reported: 'application/vnd.gantry.reported.v1+json',
  event: 'application/vnd.gantry.event.v1+json',
  request: 'application/vnd.gantry.request.v1+json',
  response: 'application/vnd.gantry.response.v1+json',
} as const;

/** MQTT topics (design.md 5.5). */
export const topicOf = (
  site: string,
  device: string,
  leaf: 'desired' | 'reported' | 'event' | 'request' | 'response' | 'online',
): string => `gantry/v1/${site}/${device}/${leaf}`;

/** DSSE envelope (secure-systems-lab DSSE v1.0). */
export const DsseEnvelope = z.object({
  payloadType: z.string().max(255),
  payload: z.base64().max(4_000_000),
  signatures: z
    .array(z.object({ keyid: z.string().max(128), sig: z.base64().max(4096) }))
    .min(1)
    .max(8),
});
export type DsseEnvelope = z.infer<typeof DsseEnvelope>;

/** The model that a device shall run. */
export const ModelRef = z.object({
  repository: RepositoryName,
  version: VersionTag,
  bundleDigest: Digest,
  variantDigest: Digest,
});
export type ModelRef = z.infer<typeof ModelRef>;

/** Limits of the watchdog window after a swap; crossing one rolls back at once. */
export const WatchdogLimits = z.object({
  windowSeconds: z.number().positive(),
  maxErrorRate: z.number().min(0).max(1),
  maxP99Ms: z.number().positive(),
  maxDoubtfulShare: z.number().min(0).max(1),
  maxRestarts: z.number().int().min(0),
  /** Requests needed before rates count. */
  minRequests: z.number().int().min(0),
});
export type WatchdogLimits = z.infer<typeof WatchdogLimits>;

/**
 * Whom the site trusts, as a device shall apply it from its next verification on. Both versions only rise on a device, whatever a
 * restored station sends; the key of the site itself stays the one that was pinned at enrolment.
 */
export const DeviceTrust = z.object({
  trustVersion: z.number().int().min(0),
  policyVersion: z.number().int().min(1),
  /** A signed time that has passed; a device clock before it is wrong. */
  timeFloor: Instant.nullable(),
  /** How often two people set the time of the site back: a higher number than the device knows puts `timeFloor` in force as it is. */
  timeResets: z.number().int().min(0).default(0),
  trust: TrustStore,
  policy: VerificationPolicy,
});
export type DeviceTrust = z.infer<typeof DeviceTrust>;

/** What the station wants of a device. Retained, site-signed, monotone in `generation`. */
export const DesiredDocument = z.object({
  v: z.literal(1),
  site: SiteId,
  device: DeviceId,
  generation: z.number().int().min(1),
  issuedAt: Instant,
  expiresAt: Instant,
  model: ModelRef.nullable(),
  /** `stage` fills the idle slot only; `activate` swaps to it. */
  phase: z.enum(['stage', 'activate']),
  rolloutId: Id.nullable(),
  ticket: z.string().max(128).nullable(),
  watchdog: WatchdogLimits,
  mirror: z.object({ url: z.string() }),
  /** Absent from stations of an earlier release: the device goes on with what it has. */
  trust: DeviceTrust.optional(),
});
export type DesiredDocument = z.infer<typeof DesiredDocument>;

/** State of a device on its way to a desired model (design.md 5.6). */
export const DeviceRolloutState = z.enum([
  'idle',
  'queued',
  'staging',
  'staged',
  'verified',
  'armed',
  'swapping',
  'smoke',
  'soaking',
  'confirmed',
  'fell-back',
  'stuck',
]);
export type DeviceRolloutState = z.infer<typeof DeviceRolloutState>;

export const SlotName = z.enum(['a', 'b']);
export type SlotName = z.infer<typeof SlotName>;

/** A slot of a gateway. */
export const SlotView = z.object({
  state: z.enum(['empty', 'staging', 'staged', 'trial', 'committed', 'rolled-back', 'failed']),
  model: ModelRef.nullable(),
  doneBytes: z.number().optional(),
  totalBytes: z.number().optional(),
  reason: z.string().optional(),
});
export type SlotView = z.infer<typeof SlotView>;

/** Serving figures since the active model was loaded, or over a soak. */
export const ServingFigures = z.object({
  requests: z.number().int(),
  errors: z.number().int(),
  doubtful: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  restarts: z.number().int(),
  windowSeconds: z.number(),
});
export type ServingFigures = z.infer<typeof ServingFigures>;

export const FallbackEvidence = z.object({
  code: z.string(),
  message: z.string(),
  at: Instant,
  model: ModelRef,
  figures: ServingFigures.nullable(),
  findings: z.array(Finding),
  log: z.string().max(16_384),
});
export type FallbackEvidence = z.infer<typeof FallbackEvidence>;

/** What a device says about itself. Retained, device-signed. */
export const ReportedDocument = z.object({
  v: z.literal(1),
  site: SiteId,
  device: DeviceId,
  at: Instant,
  epoch: Id,
  /** Rises by one with every report of an epoch. */
  sequence: z.number().int().min(0),
  generation: z.number().int().min(0),
  rolloutId: Id.nullable(),
  state: DeviceRolloutState,
  active: SlotName.nullable(),
  previous: SlotName.nullable(),
  slots: z.object({ a: SlotView, b: SlotView }),
  figures: ServingFigures.nullable(),
  fallback: FallbackEvidence.nullable(),
  agent: z.object({
    version: z.string(),
    os: z.string(),
    architecture: z.string(),
    hostname: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    rssBytes: z.number(),
    runtimes: z.array(z.object({ runtime: z.string(), version: z.string(), providers: z.array(z.string()) })),
    servingUrl: z.string().nullable(),
  }),
});
export type ReportedDocument = z.infer<typeof ReportedDocument>;

/** At-least-once device events; the station drops what (epoch, sequence) shows it has. */
export const DeviceEvent = z.object({
  v: z.literal(1),
  site: SiteId,
  device: DeviceId,
  epoch: Id,
  sequence: z.number().int().min(0),
  at: Instant,
  event: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('state'),
      state: DeviceRolloutState,
      generation: z.number().int(),
      rolloutId: Id.nullable(),
      detail: z.string().max(2048),
    }),
    z.object({
      type: z.literal('confirmed'),
      generation: z.number().int(),
      rolloutId: Id.nullable(),
      model: ModelRef,
      figures: ServingFigures,
    }),
    z.object({
      type: z.literal('fell-back'),
      generation: z.number().int(),
      rolloutId: Id.nullable(),
      evidence: FallbackEvidence,
    }),
    z.object({ type: z.literal('started'), version: z.string(), recovered: z.string() }),
  ]),
});
export type DeviceEvent = z.infer<typeof DeviceEvent>;

/** Questions to a device; the answer carries the same id. */
export const DeviceRequest = z.object({
  v: z.literal(1),
  id: Id,
  device: DeviceId,
  issuedAt: Instant,
  expiresAt: Instant,
  request: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('benchmark'),
      model: z.object({ repository: RepositoryName, version: VersionTag, bundleDigest: Digest }),
      variantDigests: z.array(Digest).min(1).max(16),
      seconds: z.number().positive().max(3600),
      coldStarts: z.number().int().min(1).max(50),
      seed: z.number().int(),
      mirrorUrl: z.string(),
    }),
    z.object({ type: z.literal('ping') }),
  ]),
});
export type DeviceRequest = z.infer<typeof DeviceRequest>;

export const DeviceResponse = z.object({
  v: z.literal(1),
  id: Id,
  device: DeviceId,
  at: Instant,
  outcome: z.discriminatedUnion('status', [
    z.object({ status: z.literal('progress'), done: z.number(), total: z.number(), step: z.string() }),
    z.object({ status: z.literal('done'), result: z.unknown() }),
    z.object({ status: z.literal('failed'), code: z.string(), message: z.string() }),
  ]),
});
export type DeviceResponse = z.infer<typeof DeviceResponse>;

/** Paths of the site's device port (HTTPS, client certificate needed except for enrolment). */
export const DEVICE_PATHS = {
  enrol: '/gantry/v1/enrol',
  samples: '/gantry/v1/samples',
  metrics: '/v1/metrics',
  registry: '/v2/',
} as const;

/** `POST /gantry/v1/enrol`. */
export const EnrolmentRequest = z.object({
  v: z.literal(1),
  code: z.string().min(8).max(64),
  csrPem: z.string().max(8192),
  hostname: z.string().max(255),
  agentVersion: z.string().max(64),
  /** What content keys will be wrapped to for this device. */
  recipient: AgeRecipient.optional(),
});
export type EnrolmentRequest = z.infer<typeof EnrolmentRequest>;

/** What a device pins at enrolment and trusts from then on. */
export const EnrolmentResponse = z.object({
  v: z.literal(1),
  site: SiteId,
  siteName: z.string(),
  device: DeviceId,
  certificatePem: z.string(),
  caPem: z.string(),
  /** Public key that signs desired documents and requests. */
  siteKeyPem: z.string(),
  mqttUrl: z.string(),
  deviceUrl: z.string(),
  trust: TrustStore,
  policy: VerificationPolicy,
  /** What the line feeds this device with; a bundle with another contract is refused. */
  lineContract: LineContract.nullable(),
  /** A key wrapped for the recipient of the request, and its digest: the device proves that it can open such keys. */
  contentKey: z.object({ wrapped: z.base64().max(8192), digest: Digest }).optional(),
});
export type EnrolmentResponse = z.infer<typeof EnrolmentResponse>;

/** A doubtful sample on its way to review: `POST /gantry/v1/samples`. */
export const SampleUpload = z.object({
  v: z.literal(1),
  device: DeviceId,
  sampleId: Id,
  takenAt: Instant,
  model: ModelRef,
  reason: z.enum(['low-confidence', 'random-control', 'operator']),
  score: z.number(),
  content: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('image'),
      mediaType: z.literal('image/png'),
      width: z.number().int(),
      height: z.number().int(),
      dataBase64: z.base64().max(12_000_000),
    }),
    z.object({ kind: z.literal('features'), names: z.array(z.string()), values: z.array(z.number()) }),
  ]),
  outputs: z.array(
    z.object({ name: z.string(), shape: z.array(z.number().int()), values: z.array(z.number()).max(20_000) }),
  ),
});
export type SampleUpload = z.infer<typeof SampleUpload>;

/** A device as the fleet screens show it. */
export const DeviceView = z.object({
  id: DeviceId,
  name: z.string(),
  line: z.string(),
  cell: z.string(),
  /** Devices of one redundant pair are never touched together. */
  redundancyGroup: z.string().nullable(),
  safety: z.boolean(),
  enrolledAt: Instant,
  certificate: z.object({ serial: z.string(), fingerprint: z.string(), notBefore: Instant, notAfter: Instant }),
  online: z.boolean(),
  lastSeenAt: Instant.nullable(),
  /** Device clock minus station clock at the last report. */
  clockOffsetMs: z.number().nullable(),
  /** NE 107 status letter: N normal, F failure, C function check, S out of specification, M maintenance required. */
  ne107: z.enum(['N', 'F', 'C', 'S', 'M', 'unknown']),
  ne107Reason: z.string(),
  desiredGeneration: z.number().int(),
  reported: ReportedDocument.nullable(),
});
export type DeviceView = z.infer<typeof DeviceView>;

export const EnrolmentCodeView = z.object({
  codeId: Id,
  /** Shown once, when created. */
  code: z.string(),
  name: z.string(),
  line: z.string(),
  expiresAt: Instant,
  command: z.string(),
  stationUrl: z.string(),
});
export type EnrolmentCodeView = z.infer<typeof EnrolmentCodeView>;

/** Objectives a watchdog starts from. */
export const watchdogFrom = (
  objectives: ServiceObjectives,
  windowSeconds: number,
  minRequests: number,
): WatchdogLimits => ({
  windowSeconds,
  maxErrorRate: objectives.errorRate,
  maxP99Ms: objectives.p99Ms,
  maxDoubtfulShare: objectives.doubtfulShare,
  maxRestarts: 0,
  minRequests,
});
