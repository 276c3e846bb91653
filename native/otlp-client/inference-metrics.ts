import { LATENCY_BOUNDS_MS, METRIC_ATTRIBUTES, METRICS } from '#contracts/telemetry.ts';

export interface MetricsOptions {
  /** `https://…/v1/metrics`. */
  readonly url: string;
  readonly tls: { readonly caPem: string; readonly certificatePem: string; readonly privateKeyPem: string };
  readonly site: string;
  readonly device: string;
  readonly version: string;
  readonly intervalMs: number;
  readonly onDropped: (exports: number) => void;
}

export interface ModelAttributes {
  readonly model: string;
  readonly version: string;
  readonly slot: string;
}

/** What the agent counts. Delta temporality: every export holds its own interval. */
export interface InferenceMetrics {
  request(model: ModelAttributes, outcome: { latencyMs: number; failed: boolean; doubtful: boolean }): void;
  close(): Promise<void>;
}

/** Starts the OpenTelemetry SDK with an OTLP/HTTP protobuf exporter over mutual TLS. The libraries load here, not before. */
export async function startMetrics(options: MetricsOptions): Promise<InferenceMetrics> {
  const [sdk, { OTLPMetricExporter }, { resourceFromAttributes }, { bufferedExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-proto'),
    import('@opentelemetry/resources'),
    import('./buffered-exporter.ts'),
  ]);
  const exporter = new OTLPMetricExporter({
    url: options.url,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the option takes either of two enums and the rule knows one
    temporalityPreference: sdk.AggregationTemporality.DELTA,
    timeoutMillis: Math.max(2000, options.intervalMs),
    httpAgentOptions: {
      ca: options.tls.caPem,
      cert: options.tls.certificatePem,
      key: options.tls.privateKeyPem,
      keepAlive: true,
    },
  });
  const provider = new sdk.MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'gantry-agent',
      'service.version': options.version,
      [METRIC_ATTRIBUTES.site]: options.site,
      [METRIC_ATTRIBUTES.device]: options.device,
    }),
    readers: [
      new sdk.PeriodicExportingMetricReader({
        exporter: bufferedExporter(exporter, options.onDropped),
        exportIntervalMillis: options.intervalMs,
        exportTimeoutMillis: options.intervalMs,
      }),
    ],
  });
  const meter = provider.getMeter('gantry.agent');
  const latency = meter.createHistogram(METRICS.latency, {
    unit: 'ms',
    advice: { explicitBucketBoundaries: LATENCY_BOUNDS_MS },
  });
  const requests = meter.createCounter(METRICS.requests, { unit: '{request}' });
  const errors = meter.createCounter(METRICS.errors, { unit: '{request}' });
  const doubtful = meter.createCounter(METRICS.doubtful, { unit: '{request}' });
  meter.createObservableGauge(METRICS.rss, { unit: 'By' }).addCallback((result) => {
    result.observe(process.memoryUsage.rss());
  });
  meter.createObservableGauge(METRICS.cpu, { unit: '1' }).addCallback(cpuShare());
  return {
    request(model, outcome) {
      const attributes = {
        [METRIC_ATTRIBUTES.model]: model.model,
        [METRIC_ATTRIBUTES.version]: model.version,
        [METRIC_ATTRIBUTES.slot]: model.slot,
      };
      latency.record(outcome.latencyMs, attributes);
      requests.add(1, attributes);
      if (outcome.failed) errors.add(1, attributes);
      if (outcome.doubtful) doubtful.add(1, attributes);
    },
    close: () => provider.shutdown(),
  };
}

/** Share of one core that this process used since the last look. */
function cpuShare(): (result: { observe(value: number): void }) => void {
  let last = { usage: process.cpuUsage(), at: performance.now() };
  return (result) => {
    const now = { usage: process.cpuUsage(), at: performance.now() };
    const usedMs = (now.usage.user + now.usage.system - last.usage.user - last.usage.system) / 1000;
    if (now.at > last.at) result.observe(usedMs / (now.at - last.at));
    last = now;
  };
}
