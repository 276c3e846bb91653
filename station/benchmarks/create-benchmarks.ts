import { z } from 'zod';
import { BenchmarkResult } from '#contracts/benchmark.ts';
import { DeviceId, Digest as DigestSchema, Id } from '#contracts/primitives.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, isAppError, toAppError, type Digest } from '#core/base/index.ts';
import type { JobContext, JobOutcome, JobRunner } from '#core/jobs/ports.ts';
import type { DocumentCollection, StationStore } from '#core/storage/ports.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { FleetService } from '#station/fleet/service.ts';
import type { BenchmarkService } from './service.ts';

const BenchmarkJob = z.object({
  deviceId: DeviceId,
  bundleDigest: DigestSchema,
  variantDigests: z.array(DigestSchema).max(16),
  seconds: z.number().positive(),
  coldStarts: z.number().int(),
  seed: z.number().int(),
  person: z.object({ id: Id, name: z.string() }),
});
type BenchmarkJob = z.infer<typeof BenchmarkJob>;

/** A device reports progress at every step; silence this much longer than a measurement means that it is gone. */
const SILENCE_MARGIN_MS = 60_000;
const KIND = 'benchmark.run';

export interface BenchmarkDeps {
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly fleet: Pick<FleetService, 'get' | 'ask' | 'onNews'>;
  readonly bundles: Pick<BundleService, 'require' | 'standingOf'>;
  /** Where devices pull from. */
  readonly mirrorUrl: () => string;
}

/** Measurements of stored bundles on gateways, as durable jobs. */
export function createBenchmarkService(deps: BenchmarkDeps): BenchmarkService {
  const results = deps.store.documents('benchmark.results', BenchmarkResult);
  deps.jobs.register({
    kind: KIND,
    payload: BenchmarkJob,
    title: ({ deviceId }) => `Benchmark on ${deviceId}`,
    run: (job, context) => runJob(deps, results, { job, context }),
  });
  deps.fleet.onNews((news) => {
    if (news.kind === 'online' && news.online) deps.jobs.wake(waitingFor(news.device));
  });
  return {
    run(input, person: Person) {
      deps.fleet.get(input.deviceId);
      const job: BenchmarkJob = {
        ...input,
        variantDigests: variantsOf(deps, input),
        person: { id: person.id, name: person.name },
      };
      // One measurement at a time on a device: two would measure each other.
      const jobId = deps.jobs.enqueue({
        kind: KIND,
        payload: job,
        subject: input.deviceId,
        exclusiveKey: `benchmark:${input.deviceId}`,
      });
      return { jobId };
    },
    list: (filter = {}) =>
      results
        .list()
        .filter(
          (each) =>
            (filter.bundleDigest ?? each.bundleDigest) === each.bundleDigest &&
            (filter.deviceId ?? each.device) === each.device,
        )
        .sort((one, other) => other.startedAt - one.startedAt),
  };
}

function waitingFor(device: string): string {
  return `device-offline:${device}`;
}

/** The asked variants, or all; one that the bundle does not hold is a usage error before anything starts. */
function variantsOf(deps: BenchmarkDeps, input: { bundleDigest: Digest; variantDigests: readonly Digest[] }): Digest[] {
  assertNotKnownBad(deps, input.bundleDigest);
  const known = deps.bundles.require(input.bundleDigest).variants.map((variant) => variant.digest);
  const unknown = input.variantDigests.find((digest) => !known.includes(digest));
  if (unknown !== undefined)
    throw new AppError('USAGE_INVALID', `the bundle has no variant ${unknown}`, { digest: unknown });
  return input.variantDigests.length === 0 ? known : [...input.variantDigests];
}

/** Measuring loads a model on a gateway too. PART_KNOWN_BAD when a list refuses the bundle by now. */
function assertNotKnownBad({ bundles }: BenchmarkDeps, bundleDigest: Digest): void {
  const bad = bundles
    .standingOf(bundleDigest)
    .findings.find(({ code, severity }) => code === 'PART_KNOWN_BAD' && severity === 'block');
  if (bad !== undefined) throw new AppError('PART_KNOWN_BAD', bad.message, { bundleDigest, at: bad.at });
}

async function runJob(
  deps: BenchmarkDeps,
  results: DocumentCollection<BenchmarkResult>,
  { job, context }: { job: BenchmarkJob; context: JobContext },
): Promise<JobOutcome> {
  try {
    const result = readResult(await askDevice(deps, job, context), job);
    keepResult(deps, results, { job, result });
    return { status: 'done' };
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (isAppError(error, 'DEVICE_UNREACHABLE') && !deps.fleet.get(job.deviceId).online)
      return { status: 'blocked', on: waitingFor(job.deviceId) };
    const { code, message, details } = toAppError(error);
    return { status: 'failed', error: { code, message, details } };
  }
}

function askDevice(deps: BenchmarkDeps, job: BenchmarkJob, context: JobContext): Promise<unknown> {
  const { model, version } = deps.bundles.require(job.bundleDigest);
  const { seconds, coldStarts, seed, variantDigests, bundleDigest } = job;
  return deps.fleet.ask(
    job.deviceId,
    {
      type: 'benchmark',
      model: { repository: model, version, bundleDigest },
      variantDigests,
      seconds,
      coldStarts,
      seed,
      mirrorUrl: deps.mirrorUrl(),
    },
    {
      timeoutMs: seconds * 2000 + SILENCE_MARGIN_MS,
      signal: context.signal,
      onProgress: (done, total, step) => {
        context.report({ done, total, unit: 'steps', step });
      },
    },
  );
}

/** Untrusted: the answer of a device, although signed. It must be about what was asked. */
function readResult(answer: unknown, job: BenchmarkJob): BenchmarkResult {
  const parsed = BenchmarkResult.safeParse(answer);
  if (!parsed.success)
    throw new AppError(
      'BENCHMARK_FAILED',
      `${job.deviceId} sent no valid benchmark result`,
      { device: job.deviceId },
      { cause: parsed.error },
    );
  const { device, bundleDigest, seed } = parsed.data;
  if (device !== job.deviceId || bundleDigest !== job.bundleDigest || seed !== job.seed) {
    throw new AppError('BENCHMARK_FAILED', `${job.deviceId} answered another question than the one asked`, {
      device,
      bundleDigest,
      seed,
    });
  }
  return parsed.data;
}

function keepResult(
  deps: BenchmarkDeps,
  results: DocumentCollection<BenchmarkResult>,
  { job, result }: { job: BenchmarkJob; result: BenchmarkResult },
): void {
  deps.store.transaction(() => {
    results.put(result.id, result);
    deps.store.events.append({
      actor: { kind: 'person', id: job.person.id, name: job.person.name },
      stream: 'benchmark',
      type: 'benchmark.measured',
      subject: result.id,
      payload: {
        device: result.device,
        bundleDigest: result.bundleDigest,
        environment: result.environment.digest,
        variants: result.variants.map(({ variantId, status, throughputPerSecond, service }) => ({
          variantId,
          status,
          throughputPerSecond,
          p99Ms: service.find((percentile) => percentile.p === 0.99)?.valueMs ?? null,
        })),
      },
    });
  });
}
