import type { ServingFigures } from '#contracts/device.ts';
import { createLatencySketch } from '#core/benchmark/index.ts';
import type { Clock } from '#core/base/index.ts';

/** Counts what a loaded model does, from its load on. */
export interface Figures {
  answered(latencyMs: number, doubtful: boolean): void;
  failed(latencyMs: number): void;
  restarted(): void;
  snapshot(): ServingFigures;
}

export function createFigures(clock: Clock, restarts = 0): Figures {
  const latencies = createLatencySketch();
  const from = clock.monotonicMs();
  const counts = { requests: 0, errors: 0, doubtful: 0, restarts };
  return {
    answered(latencyMs, doubtful) {
      counts.requests += 1;
      if (doubtful) counts.doubtful += 1;
      latencies.add(latencyMs);
    },
    failed(latencyMs) {
      counts.requests += 1;
      counts.errors += 1;
      latencies.add(latencyMs);
    },
    restarted() {
      counts.restarts += 1;
    },
    snapshot: () => ({
      ...counts,
      p50Ms: latencies.quantile(0.5),
      p95Ms: latencies.quantile(0.95),
      p99Ms: latencies.quantile(0.99),
      windowSeconds: (clock.monotonicMs() - from) / 1000,
    }),
  };
}
