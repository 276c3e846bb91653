import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';

type ExportResult = Parameters<Parameters<PushMetricExporter['export']>[1]>[0];

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum lives in a package that the SDK does not re-export; 0 is its SUCCESS
const SUCCESS: ExportResult = { code: 0 };

/** At one export every five seconds: an hour. Older ones give way, so that memory stays bounded. */
const KEPT_EXPORTS = 720;
/** After an outage the backlog leaves in steps, not in one burst. */
const RESENT_AT_ONCE = 20;

/**
 * Keeps what an unreachable station did not take and sends it, oldest first, before what is new. With delta temporality each export
 * stands for its own interval, so a late one is as good as one in time.
 */
export function bufferedExporter(inner: PushMetricExporter, onDropped: (exports: number) => void): PushMetricExporter {
  const waiting: ResourceMetrics[] = [];
  const send = (metrics: ResourceMetrics): Promise<ExportResult> =>
    new Promise((resolve) => {
      inner.export(metrics, resolve);
    });
  const sendWaiting = async (): Promise<ExportResult> => {
    let last = SUCCESS;
    for (let sent = 0; sent < RESENT_AT_ONCE && waiting[0] !== undefined; sent += 1) {
      last = await send(waiting[0]);
      if (last.code !== SUCCESS.code) return last;
      waiting.shift();
    }
    return last;
  };
  let sending = Promise.resolve(SUCCESS);
  return {
    export(metrics, done) {
      waiting.push(metrics);
      if (waiting.length > KEPT_EXPORTS) onDropped(waiting.splice(0, waiting.length - KEPT_EXPORTS).length);
      sending = sending.then(sendWaiting, sendWaiting);
      // Kept is as good as sent for the reader, whose own error path would only write to the console.
      void sending.then(() => {
        done(SUCCESS);
      });
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    ...(inner.selectAggregationTemporality === undefined
      ? {}
      : { selectAggregationTemporality: inner.selectAggregationTemporality.bind(inner) }),
  };
}
