import { z } from 'zod';
import { DeviceId, Digest, Id, Instant } from './primitives.ts';

/** A percentile with its 95 % order-statistics interval; null when the sample is too small to state it. */
export const Percentile = z.object({
  /** A fraction: 0.99 is p99. */
  p: z.number().gt(0).lt(1),
  valueMs: z.number().nullable(),
  lowMs: z.number().nullable(),
  highMs: z.number().nullable(),
});
export type Percentile = z.infer<typeof Percentile>;

/** Where a figure was measured; two results compare only when these are equal. */
export const EnvironmentFingerprint = z.object({
  cpu: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  node: z.string(),
  governor: z.string().nullable(),
  cgroupCpuLimit: z.string().nullable(),
  loadAverage: z.number(),
  runtimeVersion: z.string(),
  digest: Digest,
});
export type EnvironmentFingerprint = z.infer<typeof EnvironmentFingerprint>;

export const ColdStart = z.object({
  spawnMs: z.number(),
  runtimeLoadMs: z.number(),
  modelReadMs: z.number(),
  compileMs: z.number(),
  firstAnswerMs: z.number(),
  totalMs: z.number(),
});
export type ColdStart = z.infer<typeof ColdStart>;

export const VariantMeasurement = z.object({
  variantDigest: Digest,
  variantId: z.string(),
  runtime: z.string(),
  precision: z.string(),
  provider: z.string(),
  threads: z.number().int(),
  status: z.enum(['measured', 'failed', 'refused', 'unstable']),
  reason: z.string(),
  samples: z.number().int(),
  coldStart: z
    .object({ trials: z.number().int(), median: ColdStart, minTotalMs: z.number(), maxTotalMs: z.number() })
    .nullable(),
  peakRssBytes: z.number().nullable(),
  pssBytes: z.number().nullable(),
  /** Closed loop, one outstanding request: the service time. */
  service: z.array(Percentile),
  /** Open loop, Poisson arrivals, measured from the scheduled time: the honest tail. */
  scheduled: z.object({ ratePerSecond: z.number(), percentiles: z.array(Percentile) }).nullable(),
  throughputPerSecond: z.number().nullable(),
  goldenPassed: z.boolean().nullable(),
  disturbances: z.array(z.string()),
});
export type VariantMeasurement = z.infer<typeof VariantMeasurement>;

export const BenchmarkResult = z.object({
  v: z.literal(1),
  id: Id,
  device: DeviceId,
  bundleDigest: Digest,
  model: z.string(),
  version: z.string(),
  seed: z.number().int(),
  seconds: z.number(),
  startedAt: Instant,
  endedAt: Instant,
  percentileRule: z.literal('nearest-rank'),
  quick: z.boolean(),
  environment: EnvironmentFingerprint,
  variants: z.array(VariantMeasurement),
});
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;
