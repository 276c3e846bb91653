import { describe, expect, it } from 'vitest';
import {
  assembleMeasurement,
  disturbancesOf,
  fingerprintOf,
  judgeStability,
  windowOf,
  type EnvironmentFacts,
  type MeasuredVariant,
  type RawMeasurement,
} from '#core/benchmark/index.ts';
import { nodeHasher } from '#native/hash/index.ts';

const VARIANT: MeasuredVariant = {
  variantDigest: `sha256:${'a'.repeat(64)}`,
  variantId: 'cpu-fp32',
  runtime: 'onnxruntime',
  precision: 'fp32',
  provider: 'cpu',
  threads: 1,
};
const START = { spawnMs: 10, runtimeLoadMs: 20, modelReadMs: 1, compileMs: 5, firstAnswerMs: 2, totalMs: 38 };

const aRun = (change: Partial<RawMeasurement> = {}): RawMeasurement => ({
  coldStarts: [START, { ...START, totalMs: 50 }, { ...START, totalMs: 40 }],
  stability: 'stable',
  serviceMs: Array.from({ length: 1000 }, (_, index) => 10 + index / 1000),
  serviceElapsedMs: 10_500,
  scheduledRatePerSecond: 50,
  scheduledMs: Array.from({ length: 700 }, () => 12),
  peakRssBytes: 90e6,
  pssBytes: 80e6,
  goldenPassed: true,
  disturbances: [],
  ...change,
});

describe('assembleMeasurement', () => {
  it('states service time, scheduled latency, throughput and the spread of cold starts', () => {
    const result = assembleMeasurement(VARIANT, { status: 'measured', raw: aRun() });

    expect(result.status).toBe('measured');
    expect(result.service.find((row) => row.p === 0.99)?.valueMs).toBeCloseTo(10.989);
    expect(result.scheduled?.percentiles.find((row) => row.p === 0.999)?.valueMs).toBeNull();
    expect(result.throughputPerSecond).toBeCloseTo(95.24, 1);
    expect(result.coldStart).toMatchObject({ trials: 3, minTotalMs: 38, maxTotalMs: 50, median: { totalMs: 40 } });
  });

  it.each([
    ['unstable', aRun({ stability: 'unstable' })],
    ['unstable', aRun({ stability: 'warming' })],
    ['failed', aRun({ goldenPassed: false })],
  ] as const)('is %s when the run does not carry a claim', (status, raw) => {
    expect(assembleMeasurement(VARIANT, { status: 'measured', raw }).status).toBe(status);
  });
});

describe('judgeStability', () => {
  const window = (p50Ms: number) => ({ p50Ms, p99Ms: p50Ms * 2, requests: 50 });

  it('waits for three windows that agree, and gives up after twenty', () => {
    expect(judgeStability([window(10), window(10)])).toBe('warming');
    expect(judgeStability([window(20), window(10), window(10.1), window(10.2)])).toBe('stable');
    expect(judgeStability([window(10), window(10.2), window(10.4)])).toBe('warming');
    expect(judgeStability(Array.from({ length: 20 }, (_, index) => window(10 * 1.05 ** index)))).toBe('unstable');
  });

  it('summarises a window by nearest rank', () => {
    expect(windowOf([3, 1, 2])).toEqual({ p50Ms: 2, p99Ms: 3, requests: 3 });
    expect(windowOf([])).toBeNull();
  });
});

describe('fingerprintOf', () => {
  const facts: EnvironmentFacts = {
    cpu: 'x',
    cores: 2,
    memoryBytes: 1,
    os: 'linux',
    kernel: '6',
    architecture: 'x64',
    node: '24',
    governor: null,
    cgroupCpuLimit: null,
    loadAverage: 0.1,
    runtimeVersion: '1.30.0',
  };

  it('is equal for the same machine under another load, and differs for another runtime', () => {
    const first = fingerprintOf(facts, nodeHasher).digest;

    expect(fingerprintOf({ ...facts, loadAverage: 3 }, nodeHasher).digest).toBe(first);
    expect(fingerprintOf({ ...facts, runtimeVersion: '1.31.0' }, nodeHasher).digest).not.toBe(first);
  });
});

describe('disturbancesOf', () => {
  const quiet = {
    loadAverageBefore: 0,
    cores: 2,
    governor: 'performance',
    cgroupCpuLimit: null,
    frequencyFirstMhz: 2000,
    frequencyLastMhz: 1980,
    otherCpuShare: 0.01,
  };

  it('claims nothing for a quiet machine', () => {
    expect(disturbancesOf(quiet)).toEqual([]);
  });

  it.each([
    [{ governor: 'powersave' }, 'governor'],
    [{ cgroupCpuLimit: '0.5 cores' }, 'limits CPU'],
    [{ loadAverageBefore: 1.5 }, 'load average'],
    [{ otherCpuShare: 0.4 }, 'other processes'],
    [{ frequencyLastMhz: 1800 }, 'frequency fell'],
  ])('names %o', (change, words) => {
    expect(disturbancesOf({ ...quiet, ...change }).join()).toContain(words);
  });
});
