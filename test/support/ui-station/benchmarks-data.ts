import type { BenchmarkResult, Percentile, VariantMeasurement } from '#contracts/benchmark.ts';
import { digestOf } from './digests.ts';

const percentiles = (p50: number): Percentile[] => [
  { p: 0.5, valueMs: p50, lowMs: p50 * 0.97, highMs: p50 * 1.03 },
  { p: 0.95, valueMs: p50 * 1.6, lowMs: p50 * 1.5, highMs: p50 * 1.75 },
  { p: 0.99, valueMs: p50 * 2.2, lowMs: p50 * 2.02, highMs: p50 * 2.61 },
];

function measured(
  version: string,
  id: string,
  precision: string,
  p50: number,
  overrides: Partial<VariantMeasurement> = {},
): VariantMeasurement {
  return {
    variantDigest: digestOf(`pcb ${version} ${precision === 'fp32' ? 'fp32' : 'int8'}`),
    variantId: id,
    runtime: 'onnxruntime',
    precision,
    provider: 'cpu',
    threads: 1,
    status: 'measured',
    reason: '',
    samples: 1412,
    coldStart: {
      trials: 10,
      median: { spawnMs: 38, runtimeLoadMs: 61, modelReadMs: 12, compileMs: 92, firstAnswerMs: 44, totalMs: 247 },
      minTotalMs: 231,
      maxTotalMs: 302,
    },
    peakRssBytes: 168_000_000,
    pssBytes: 141_000_000,
    service: percentiles(p50),
    scheduled: { ratePerSecond: 20, percentiles: percentiles(p50 * 1.1) },
    throughputPerSecond: 1000 / p50,
    goldenPassed: true,
    disturbances: [],
    ...overrides,
  };
}

function result(
  device: string,
  version: string,
  endedAt: number,
  cpu: string,
  variants: VariantMeasurement[],
  quick = false,
): BenchmarkResult {
  return {
    v: 1,
    id: `bench-${device}-${version.replaceAll('.', '-')}`,
    device,
    bundleDigest: digestOf(`pcb ${version}`),
    model: 'acme/pcb-defect',
    version,
    seed: 42,
    seconds: quick ? 5 : 60,
    startedAt: endedAt - 130_000,
    endedAt,
    percentileRule: 'nearest-rank',
    quick,
    environment: {
      cpu,
      cores: 4,
      memoryBytes: 8_230_000_000,
      os: 'Debian 13',
      kernel: '6.12.41',
      architecture: 'amd64',
      node: '24.21.0',
      governor: 'performance',
      cgroupCpuLimit: null,
      loadAverage: 0.21,
      runtimeVersion: '1.30.0',
      digest: digestOf(cpu),
    },
    variants,
  };
}

/** Measured, failed, refused and quick results, so that the matrix shows each as what it is. */
export function sampleBenchmarks(now: number): BenchmarkResult[] {
  return [
    result('aoi-4-01', '1.1.0', now - 3_600_000, 'Intel Atom x6425E', [
      measured('1.1.0', 'onnx-fp32', 'fp32', 41),
      measured('1.1.0', 'onnx-int8w', 'int8', 27, { peakRssBytes: 121_000_000 }),
    ]),
    result('aoi-4-02', '1.1.0', now - 3_000_000, 'Intel Atom x6425E', [
      measured('1.1.0', 'onnx-fp32', 'fp32', 43, {
        status: 'unstable',
        reason: 'CPU frequency fell during the run',
        disturbances: ['thermal throttling'],
      }),
      measured('1.1.0', 'onnx-int8w', 'int8', 28, {
        status: 'failed',
        reason: 'The runtime process ended with signal SIGILL',
        service: [],
        coldStart: null,
        peakRssBytes: null,
        throughputPerSecond: null,
        goldenPassed: null,
      }),
    ]),
    result(
      'saw-1-01',
      '1.1.0',
      now - 1_800_000,
      'Arm Cortex-A72',
      [
        measured('1.1.0', 'onnx-fp32', 'fp32', 96, {
          status: 'refused',
          reason: 'Needs 400 MB, the device allows 256 MB',
          service: [],
          coldStart: null,
          peakRssBytes: null,
          throughputPerSecond: null,
          goldenPassed: null,
        }),
        measured('1.1.0', 'onnx-int8w', 'int8', 61, {
          samples: 81,
          service: [
            { p: 0.5, valueMs: 61, lowMs: 60, highMs: 63 },
            { p: 0.95, valueMs: 92, lowMs: 84, highMs: 120 },
            { p: 0.99, valueMs: null, lowMs: null, highMs: null },
          ],
        }),
      ],
      true,
    ),
  ];
}
