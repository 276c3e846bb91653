import { describe, expect, it } from 'vitest';
import type { BenchmarkResult, VariantMeasurement } from '#contracts/benchmark.ts';
import { benchmarkMatrix, p99Of, winnerOf } from '#renderer/features/benchmarks/matrix.ts';

const DIGEST = `sha256:${'0'.repeat(64)}` as const;

function aVariant(
  variantDigest: string,
  p99: number | null,
  change: Partial<VariantMeasurement> = {},
): VariantMeasurement {
  return {
    variantDigest: variantDigest as VariantMeasurement['variantDigest'],
    variantId: variantDigest,
    runtime: 'onnxruntime',
    precision: 'fp32',
    provider: 'cpu',
    threads: 1,
    status: 'measured',
    reason: '',
    samples: 1000,
    coldStart: null,
    peakRssBytes: null,
    pssBytes: null,
    service: [{ p: 0.99, valueMs: p99, lowMs: p99, highMs: p99 }],
    scheduled: null,
    throughputPerSecond: null,
    goldenPassed: true,
    disturbances: [],
    ...change,
  };
}

function aResult(device: string, endedAt: number, variants: VariantMeasurement[], quick = false): BenchmarkResult {
  return {
    v: 1,
    id: `r-${device}`,
    device,
    bundleDigest: DIGEST,
    model: 'm',
    version: '1',
    seed: 1,
    seconds: 60,
    startedAt: 0,
    endedAt,
    percentileRule: 'nearest-rank',
    quick,
    environment: {
      cpu: '',
      cores: 1,
      memoryBytes: 1,
      os: '',
      kernel: '',
      architecture: '',
      node: '',
      governor: null,
      cgroupCpuLimit: null,
      loadAverage: 0,
      runtimeVersion: '',
      digest: DIGEST,
    },
    variants,
  };
}

const VARIANTS = [
  { digest: 'a', id: 'a' },
  { digest: 'b', id: 'b' },
];

describe('benchmarkMatrix', () => {
  it('shows the newest run of a variant on a gateway and says where none was', () => {
    const rows = benchmarkMatrix(
      VARIANTS,
      ['d1', 'd2'],
      [aResult('d1', 1, [aVariant('a', 10)]), aResult('d1', 2, [aVariant('a', 12)])],
    );

    const cell = rows[0]?.cells[0];
    expect(cell?.kind === 'run' ? p99Of(cell.variant)?.valueMs : null).toBe(12);
    expect(rows[0]?.cells[1]).toEqual({ kind: 'not-run' });
    expect(rows[1]?.cells[0]).toEqual({ kind: 'not-run' });
  });
});

describe('winnerOf', () => {
  const winner = (a: VariantMeasurement, b: VariantMeasurement, quick = false): number | null =>
    winnerOf(benchmarkMatrix(VARIANTS, ['d'], [aResult('d', 1, [a, b], quick)]), 0);

  it('is the lowest p99', () => {
    expect(winner(aVariant('a', 20), aVariant('b', 15))).toBe(1);
  });

  it.each([
    ['disturbed', { status: 'unstable' }],
    ['failed', { status: 'failed' }],
    ['with wrong golden outputs', { goldenPassed: false }],
    ['with too few samples for a p99', { service: [] }],
  ] as const)('is never a run %s, and nobody wins alone', (_name, change) => {
    expect(winner(aVariant('a', 20), aVariant('b', 15, change as Partial<VariantMeasurement>))).toBeNull();
  });

  it('is nobody after a quick run', () => {
    expect(winner(aVariant('a', 20), aVariant('b', 15), true)).toBeNull();
  });
});
