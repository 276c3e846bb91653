import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRIC_ATTRIBUTES, METRICS } from '#contracts/telemetry.ts';
import { decodeMetrics } from '#native/otlp/index.ts';

const BOUNDS = [1, 5, 10];

/** OpenTelemetry's own encoders, by what they are given here. */
interface Encoder {
  serializeRequest(metrics: ResourceMetrics): Uint8Array | undefined;
}
const asProtobuf: Encoder = ProtobufMetricsSerializer;
const asOtlpJson: Encoder = JsonMetricsSerializer;

/** What the OpenTelemetry SDK itself makes of a few measurements. */
async function measured(temporality: AggregationTemporality): Promise<ResourceMetrics> {
  const exporter = new InMemoryMetricExporter(temporality);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ [METRIC_ATTRIBUTES.device]: 'gw-1' }),
    readers: [reader],
  });
  const meter = provider.getMeter('test');
  const latency = meter.createHistogram(METRICS.latency, { advice: { explicitBucketBoundaries: BOUNDS } });
  for (const value of [0.5, 3, 3, 7, 100]) latency.record(value, { [METRIC_ATTRIBUTES.version]: '1.2.0' });
  meter.createCounter(METRICS.requests).add(5, { [METRIC_ATTRIBUTES.version]: '1.2.0' });
  meter.createObservableGauge(METRICS.rss).addCallback((result) => {
    result.observe(123_456_789.5);
  });
  await provider.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (metrics === undefined) throw new Error('the SDK exported nothing');
  return metrics;
}

describe('decodeMetrics', () => {
  let delta: ResourceMetrics;
  let cumulative: ResourceMetrics;
  beforeAll(async () => {
    delta = await measured(AggregationTemporality.DELTA);
    cumulative = await measured(AggregationTemporality.CUMULATIVE);
  });

  describe.each([
    ['protobuf', 'application/x-protobuf', asProtobuf],
    ['JSON', 'application/json', asOtlpJson],
  ])('when the SDK wrote %s', (_, contentType, serializer) => {
    it('reads histograms, counters and gauges with resource and point attributes', () => {
      const points = decodeMetrics(contentType, serializer.serializeRequest(delta) ?? new Uint8Array());
      const byMetric = new Map(points.map((point) => [point.metric, point]));

      expect(byMetric.get(METRICS.latency)).toMatchObject({
        temporality: 'delta',
        attributes: { [METRIC_ATTRIBUTES.device]: 'gw-1', [METRIC_ATTRIBUTES.version]: '1.2.0' },
        value: { kind: 'histogram', bounds: BOUNDS, counts: [1, 2, 1, 1], sum: 113.5 },
      });
      expect(byMetric.get(METRICS.requests)).toMatchObject({
        temporality: 'delta',
        value: { kind: 'number', value: 5 },
      });
      expect(byMetric.get(METRICS.rss)).toMatchObject({
        temporality: 'gauge',
        value: { kind: 'number', value: 123_456_789.5 },
      });
      for (const { startAt, endAt } of points)
        expect([Math.abs(Date.now() - endAt) < 60_000, startAt <= endAt]).toEqual([true, true]);
    });

    it('tells cumulative from delta', () => {
      const points = decodeMetrics(contentType, serializer.serializeRequest(cumulative) ?? new Uint8Array());

      expect(points.filter(({ metric }) => metric !== METRICS.rss).map(({ temporality }) => temporality)).toEqual([
        'cumulative',
        'cumulative',
      ]);
    });
  });

  it('reads the same points from both encodings', () => {
    const fromProtobuf = decodeMetrics(
      'application/x-protobuf',
      asProtobuf.serializeRequest(delta) ?? new Uint8Array(),
    );

    expect(decodeMetrics('application/json', asOtlpJson.serializeRequest(delta) ?? new Uint8Array())).toEqual(
      fromProtobuf,
    );
  });

  describe('when the request is not what it must be', () => {
    const asJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const gaugeOf = (dataPoints: unknown[]): Uint8Array =>
      asJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] });

    it.each([
      ['JSON that is none', 'application/json', new TextEncoder().encode('{')],
      ['JSON that is not UTF-8', 'application/json', Uint8Array.of(0x22, 0xff, 0x22)],
      ['JSON of another form', 'application/json', asJson({ resourceMetrics: 'many' })],
      ['a time that is no number', 'application/json', gaugeOf([{ timeUnixNano: 'now', asInt: 1 }])],
      ['protobuf that ends early', 'application/x-protobuf', Uint8Array.of(0x0a, 0x7f, 0x01)],
      [
        'protobuf that is text',
        'application/x-protobuf',
        new TextEncoder().encode('hello, this is no protobuf at all'),
      ],
    ])('refuses %s', (_, contentType, body) => {
      expect(() => decodeMetrics(contentType, body)).toThrow(expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }));
    });

    it.each([
      ['more than 4 MiB', new Uint8Array(4 * 1024 * 1024 + 1)],
      [
        'more points than anybody sends',
        gaugeOf(Array.from({ length: 50_001 }, () => ({ timeUnixNano: '1', asInt: '1' }))),
      ],
    ])('refuses %s', (_, body) => {
      expect(() => decodeMetrics('application/json', body)).toThrow(
        expect.objectContaining({ code: 'INPUT_TOO_LARGE' }),
      );
    });

    it('answers any bytes with points or a code, never with anything else', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 200 }),
          fc.constantFrom('application/json', 'application/x-protobuf'),
          (body, contentType) => {
            try {
              expect(Array.isArray(decodeMetrics(contentType, body))).toBe(true);
            } catch (error) {
              expect(error).toMatchObject({ code: 'TELEMETRY_MALFORMED' });
            }
          },
        ),
      );
    });

    it('answers any change of a real request with points or a code', () => {
      const real = asProtobuf.serializeRequest(delta) ?? new Uint8Array();
      fc.assert(
        fc.property(fc.nat(real.length - 1), fc.nat(255), (at, byte) => {
          try {
            expect(Array.isArray(decodeMetrics('application/x-protobuf', real.with(at, byte)))).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({
              code: expect.stringMatching(/^TELEMETRY_MALFORMED|INPUT_TOO_LARGE$/) as string,
            });
          }
        }),
        { numRuns: 400 },
      );
    });
  });
});
