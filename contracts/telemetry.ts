import { z } from 'zod';
import { DeviceId, Digest, Id, Instant, SiteId } from './primitives.ts';

/** Metric names and attributes that agents send (OTLP; names follow the OpenTelemetry semantic conventions where one exists). */
export const METRICS = {
  latency: 'gantry.inference.duration',
  requests: 'gantry.inference.requests',
  errors: 'gantry.inference.errors',
  doubtful: 'gantry.inference.doubtful',
  rss: 'process.memory.usage',
  cpu: 'process.cpu.utilization',
} as const;

export const METRIC_ATTRIBUTES = {
  device: 'gantry.device.id',
  site: 'gantry.site.id',
  model: 'gantry.model.name',
  version: 'gantry.model.version',
  slot: 'gantry.slot',
} as const;

/** Upper bounds of the latency histogram in milliseconds. */
export const LATENCY_BOUNDS_MS = [
  0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 320, 400, 500, 650,
  800, 1000, 1500, 2000, 3000, 5000, 10000,
];

export const SeriesQuery = z.object({
  metric: z.enum(['latency.p50', 'latency.p99', 'requests', 'errors', 'doubtful', 'rss']),
  from: Instant,
  to: Instant,
  stepMs: z.number().int().min(1000),
  devices: z.array(DeviceId).max(5000).optional(),
  groupBy: z.enum(['version', 'device']),
});
export type SeriesQuery = z.infer<typeof SeriesQuery>;

/** Columns for a chart: one time axis, a value row per group; null is a gap, never an interpolation. */
export const SeriesResult = z.object({
  at: z.array(Instant),
  unit: z.string(),
  series: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.number().nullable()),
      min: z.array(z.number().nullable()),
      max: z.array(z.number().nullable()),
    }),
  ),
  markers: z.array(z.object({ at: Instant, kind: z.string(), text: z.string() })),
});
export type SeriesResult = z.infer<typeof SeriesResult>;

export const TelemetryStatus = z.object({
  segments: z.number().int(),
  bytes: z.number(),
  records: z.number().int(),
  points: z.number().int(),
  oldestAt: Instant.nullable(),
  newestAt: Instant.nullable(),
  gaps: z.number().int(),
});
export type TelemetryStatus = z.infer<typeof TelemetryStatus>;

export const TELEMETRY_EXPORT_TYPE = 'application/vnd.gantry.telemetry-export.v1+json';

/** Files of a telemetry export beside its segments. */
export const TELEMETRY_EXPORT_FILES = { manifest: 'manifest.json', signed: 'manifest.dsse.json' } as const;

/** What a telemetry export carries: signed by the site (DSSE), so that a receiver can prove what came and what never will. */
export const TelemetryExportManifest = z.object({
  v: z.literal(1),
  site: SiteId,
  exportId: Id,
  createdAt: z.iso.datetime(),
  segments: z.array(
    z.object({
      name: z.string().max(64),
      /** SHA-256 of the file. */
      digest: Digest,
      bytes: z.number().int(),
      /** Sequences of one epoch have no hole that no gap record tells; null when the segment's header is damaged. */
      epoch: Id.nullable(),
      firstSeq: z.number().int(),
      lastSeq: z.number().int(),
      records: z.number().int(),
      gaps: z.number().int(),
    }),
  ),
  /** Totals, so that produced = records + gaps + what is still on site can be checked with files only. */
  totals: z.object({ records: z.number().int(), gaps: z.number().int(), bytes: z.number().int() }),
});
export type TelemetryExportManifest = z.infer<typeof TelemetryExportManifest>;
