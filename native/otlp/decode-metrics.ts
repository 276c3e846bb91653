import { z } from 'zod';
import { AppError, MIB } from '#core/base/index.ts';
import type { DecodeMetrics, MetricPoint } from '#core/telemetry/index.ts';
import { ExportMetricsRequest } from './metrics-schema.ts';

const LIMITS = { bodyBytes: 4 * MIB, points: 50_000, buckets: 512, attributes: 64 } as const;

/** OTLP JSON writes 64-bit integers as text (OTLP specification, JSON Protobuf encoding). */
const Integer = z.union([z.string().regex(/^-?[0-9]{1,20}$/), z.number()]).transform(Number);
const Nanos = z
  .union([z.string().regex(/^[0-9]{1,20}$/), z.number()])
  .transform((nanos) => Math.round(Number(nanos) / 1e6));
const AnyValue = z.object({
  stringValue: z.string().max(4096).optional(),
  boolValue: z.boolean().optional(),
  intValue: Integer.optional(),
  doubleValue: z.number().optional(),
});
const Attributes = z
  .array(z.object({ key: z.string().max(256), value: AnyValue.optional() }))
  .max(LIMITS.attributes)
  .default([]);
const Times = { startTimeUnixNano: Nanos.default(0), timeUnixNano: Nanos, attributes: Attributes };
const NumberPoint = z.object({ ...Times, asDouble: z.number().optional(), asInt: Integer.optional() });
const HistogramPoint = z.object({
  ...Times,
  sum: z.number().default(0),
  bucketCounts: z
    .array(Integer)
    .max(LIMITS.buckets + 1)
    .default([]),
  explicitBounds: z.array(z.number()).max(LIMITS.buckets).default([]),
});
/** 1 delta, 2 cumulative (AggregationTemporality); JSON may carry the name. */
const Temporality = z.union([
  z.literal(1),
  z.literal(2),
  z.literal('AGGREGATION_TEMPORALITY_DELTA'),
  z.literal('AGGREGATION_TEMPORALITY_CUMULATIVE'),
]);
const Metric = z.object({
  name: z.string().min(1).max(256),
  gauge: z.object({ dataPoints: z.array(NumberPoint).default([]) }).optional(),
  sum: z.object({ dataPoints: z.array(NumberPoint).default([]), aggregationTemporality: Temporality }).optional(),
  histogram: z
    .object({ dataPoints: z.array(HistogramPoint).default([]), aggregationTemporality: Temporality })
    .optional(),
});
const Request = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: z.object({ attributes: Attributes }).optional(),
        scopeMetrics: z.array(z.object({ metrics: z.array(Metric).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** Untrusted: decodes an OTLP/HTTP metrics request, protobuf or JSON (OTLP specification 1.x). */
export const decodeMetrics: DecodeMetrics = (contentType, body) => {
  if (body.length > LIMITS.bodyBytes)
    throw new AppError('INPUT_TOO_LARGE', `a telemetry request may have ${String(LIMITS.bodyBytes)} bytes`, {
      size: body.length,
    });
  const parsed = Request.safeParse(toJson(contentType, body));
  if (!parsed.success)
    throw new AppError('TELEMETRY_MALFORMED', 'not an OTLP metrics request', { contentType }, { cause: parsed.error });
  const points = parsed.data.resourceMetrics.flatMap((resource) => {
    const shared = attributesOf(resource.resource?.attributes ?? []);
    return resource.scopeMetrics.flatMap((scope) => scope.metrics.flatMap((metric) => pointsOf(metric, shared)));
  });
  if (points.length > LIMITS.points)
    throw new AppError('INPUT_TOO_LARGE', `a telemetry request may have ${String(LIMITS.points)} points`, {
      points: points.length,
    });
  return points;
};

function toJson(contentType: string, body: Uint8Array): unknown {
  try {
    if (contentType.startsWith('application/json'))
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return ExportMetricsRequest.toObject(ExportMetricsRequest.decode(body), { longs: String });
  } catch (cause) {
    throw new AppError('TELEMETRY_MALFORMED', 'a telemetry request cannot be decoded', { contentType }, { cause });
  }
}

type Shared = Readonly<Record<string, string>>;

function pointsOf(metric: z.infer<typeof Metric>, shared: Shared): MetricPoint[] {
  const gauges = (metric.gauge?.dataPoints ?? []).map((point) =>
    numberPoint(metric.name, point, { shared, temporality: 'gauge' }),
  );
  const sums = (metric.sum?.dataPoints ?? []).map((point) =>
    numberPoint(metric.name, point, { shared, temporality: temporalityOf(metric.sum?.aggregationTemporality) }),
  );
  const histograms = (metric.histogram?.dataPoints ?? []).flatMap((point) => {
    // A histogram without bucket counts says nothing about percentiles.
    if (point.bucketCounts.length !== point.explicitBounds.length + 1) return [];
    const value = {
      kind: 'histogram' as const,
      bounds: point.explicitBounds,
      counts: point.bucketCounts,
      sum: point.sum,
    };
    return [
      {
        ...common(metric.name, point, shared),
        temporality: temporalityOf(metric.histogram?.aggregationTemporality),
        value,
      },
    ];
  });
  return [...gauges, ...sums, ...histograms];
}

function numberPoint(
  name: string,
  point: z.infer<typeof NumberPoint>,
  how: { shared: Shared; temporality: MetricPoint['temporality'] },
): MetricPoint {
  return {
    ...common(name, point, how.shared),
    temporality: how.temporality,
    value: { kind: 'number', value: point.asDouble ?? point.asInt ?? 0 },
  };
}

function common(
  metric: string,
  point: { startTimeUnixNano: number; timeUnixNano: number; attributes: z.infer<typeof Attributes> },
  shared: Shared,
) {
  return {
    metric,
    attributes: { ...shared, ...attributesOf(point.attributes) },
    startAt: point.startTimeUnixNano,
    endAt: point.timeUnixNano,
  };
}

function attributesOf(list: z.infer<typeof Attributes>): Record<string, string> {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      String(value?.stringValue ?? value?.boolValue ?? value?.intValue ?? value?.doubleValue ?? ''),
    ]),
  );
}

function temporalityOf(value: z.infer<typeof Temporality> | undefined): 'delta' | 'cumulative' {
  return value === 1 || value === 'AGGREGATION_TEMPORALITY_DELTA' ? 'delta' : 'cumulative';
}
