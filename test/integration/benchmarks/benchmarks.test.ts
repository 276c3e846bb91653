import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchmarkResult } from '#contracts/benchmark.ts';
import type { DeviceRequest, DeviceView } from '#contracts/device.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import { AppError, type Digest, type Finding } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createBenchmarkService } from '#station/benchmarks/create-benchmarks.ts';
import type { BenchmarkService } from '#station/benchmarks/service.ts';
import type { DeviceNews, FleetService } from '#station/fleet/service.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { OLGA } from '#test/support/fleet-rig.ts';
import { acceptedBundles, aSmallBundle } from '#test/support/small-bundle.ts';

const bundle = aSmallBundle();
const ids = randomIds(systemClock);

let dir: string;
let store: StationStore;
let jobs: JobRunner;
let benchmarks: BenchmarkService;
let asked: DeviceRequest['request'][];
let answers: (() => Promise<unknown>)[];
let isOnline: boolean;
let tell: (news: DeviceNews) => void;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
  asked = [];
  answers = [];
  isOnline = true;
  open();
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  await rm(dir, { recursive: true });
});

function open(): void {
  store = openStationStore({ path: join(dir, 'station.db'), clock: systemClock, ids, hasher: nodeHasher });
  jobs = createJobRunner({ store, clock: systemClock, ids, concurrency: 2, logFailure: () => 'c1' });
  const fleet: Pick<FleetService, 'get' | 'ask' | 'onNews'> = {
    get: (id) => ({ id, online: isOnline }) as DeviceView,
    ask: (_id, request) => {
      asked.push(request);
      return (answers.shift() ?? (() => Promise.reject(new AppError('DEVICE_UNREACHABLE', 'silent'))))();
    },
    onNews: (listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  const list = acceptedBundles([bundle]).list();
  benchmarks = createBenchmarkService({
    store,
    jobs,
    fleet,
    bundles: {
      require: (digest) => {
        const found = list.find((each) => each.digest === digest);
        if (found === undefined) throw new AppError('NOT_FOUND', 'no such bundle');
        return found;
      },
      standingOf: () => ({ findings: standing, contract: null }),
    },
    mirrorUrl: () => 'https://station:8443',
  });
  jobs.start();
}

const standing: Finding[] = [];
const INPUT = {
  deviceId: 'cam-1',
  bundleDigest: bundle.digest,
  variantDigests: [] as Digest[],
  seconds: 1,
  coldStarts: 1,
  seed: 7,
};
const aResult = (change: Partial<BenchmarkResult> = {}): BenchmarkResult => ({
  v: 1,
  id: 'r1',
  device: 'cam-1',
  bundleDigest: bundle.digest,
  model: bundle.model,
  version: bundle.version,
  seed: 7,
  seconds: 1,
  startedAt: 1,
  endedAt: 2,
  percentileRule: 'nearest-rank',
  quick: true,
  environment: {
    cpu: 'c',
    cores: 2,
    memoryBytes: 1,
    os: 'linux',
    kernel: '6',
    architecture: 'x64',
    node: '24',
    governor: null,
    cgroupCpuLimit: null,
    loadAverage: 0,
    runtimeVersion: '1.30',
    digest: bundle.digest,
  },
  variants: [],
  ...change,
});
const until = async (isTrue: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 300 && !isTrue(); turn += 1) await systemClock.sleep(10);
  expect(isTrue()).toBe(true);
};
const stateOf = (jobId: string): string | undefined => jobs.get(jobId)?.state;

describe('benchmark on a gateway', () => {
  it('asks for every variant when none is named, and keeps the result with its event', async () => {
    answers.push(() => Promise.resolve(aResult()));

    const { jobId } = benchmarks.run(INPUT, OLGA);

    await until(() => stateOf(jobId) === 'done');
    expect(asked).toMatchObject([
      {
        type: 'benchmark',
        variantDigests: [bundle.manifest],
        model: { repository: bundle.model, version: bundle.version },
        mirrorUrl: 'https://station:8443',
      },
    ]);
    expect(benchmarks.list({ deviceId: 'cam-1' })).toEqual([aResult()]);
    expect(benchmarks.list({ deviceId: 'cam-2' })).toEqual([]);
    expect(store.events.read(0, 10).map(({ type, actor }) => [type, actor.id])).toContainEqual([
      'benchmark.measured',
      'olga',
    ]);
  });

  it('waits for a device that is offline and goes on when it comes back', async () => {
    isOnline = false;
    const { jobId } = benchmarks.run(INPUT, OLGA);
    await until(() => stateOf(jobId) === 'blocked');

    isOnline = true;
    answers.push(() => Promise.resolve(aResult()));
    tell({ kind: 'online', device: 'cam-1', online: true });

    await until(() => stateOf(jobId) === 'done');
  });

  it('fails when a device that is online does not answer', async () => {
    const { jobId } = benchmarks.run(INPUT, OLGA);

    await until(() => stateOf(jobId) === 'failed');
    expect(jobs.get(jobId)?.error?.code).toBe('DEVICE_UNREACHABLE');
  });

  it('asks again after the station was killed in the middle', async () => {
    answers.push(() => new Promise(() => undefined));
    const { jobId } = benchmarks.run(INPUT, OLGA);
    await until(() => asked.length === 1);
    store.close();

    answers.push(() => Promise.resolve(aResult()));
    open();

    await until(() => stateOf(jobId) === 'done');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['another device', { device: 'cam-2' }],
    ['another seed', { seed: 8 }],
  ])('refuses an answer about %s', async (_name, change) => {
    answers.push(() => Promise.resolve(aResult(change)));
    const { jobId } = benchmarks.run(INPUT, OLGA);

    await until(() => stateOf(jobId) === 'failed');
    expect(benchmarks.list()).toEqual([]);
  });

  it('refuses a bundle that a list of known-bad parts names by now', () => {
    standing.push({ code: 'PART_KNOWN_BAD', severity: 'block', at: 'CVE-1', message: 'It leaks.' });

    try {
      expect(() => benchmarks.run(INPUT, OLGA)).toThrow(expect.objectContaining({ code: 'PART_KNOWN_BAD' }) as Error);
    } finally {
      standing.length = 0;
    }
  });

  it('refuses an answer that is no result, and a variant that the bundle does not hold', async () => {
    answers.push(() => Promise.resolve({ fast: true }));
    const { jobId } = benchmarks.run(INPUT, OLGA);

    await until(() => stateOf(jobId) === 'failed');
    expect(jobs.get(jobId)?.error?.code).toBe('BENCHMARK_FAILED');
    expect(() => benchmarks.run({ ...INPUT, variantDigests: [bundle.weights] }, OLGA)).toThrow('no variant');
  });
});
