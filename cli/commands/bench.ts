import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { BenchmarkResult, Percentile, VariantMeasurement } from '#contracts/benchmark.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { fingerprintOf, OFFICIAL_SECONDS } from '#core/benchmark/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { requireBundle } from '../bundle-ref.ts';
import { EXIT, type CliIo } from '../output/index.ts';

interface LocalOptions {
  readonly model: string;
  readonly goldenInput: string[];
  readonly goldenOutput: string[];
  readonly seconds: string;
  readonly coldStarts: string;
  readonly seed: string;
  readonly json?: true;
}

interface RunOptions extends Omit<LocalOptions, 'model' | 'goldenInput' | 'goldenOutput'> {
  readonly site: string;
  readonly device: string;
  readonly bundle: string;
}

/** `gantry bench`: how fast a model is here, or on a gateway. */
export function registerBench(program: Command, io: CliIo): void {
  const bench = program.command('bench').description('Measure models on this machine or on a gateway');
  withLoad(bench.command('local').description('Measure an ONNX file on this machine, in fresh processes'))
    .requiredOption('--model <file>', 'ONNX file')
    .option('--golden-input <file...>', 'input_N.pb of a golden vector; without it inputs are seeded noise', [])
    .option('--golden-output <file...>', 'output_N.pb that the model must reproduce', [])
    .action(async (options: LocalOptions) => {
      const result = await benchLocal(options, io);
      if (options.json === true) io.json(result);
      else
        result.variants.forEach((variant) => {
          printVariant(variant, io);
        });
      if (result.variants.some((variant) => variant.status !== 'measured' && variant.status !== 'unstable'))
        process.exitCode = EXIT.refused;
    });
  withLoad(bench.command('run').description('Measure every variant of a stored bundle on a gateway'))
    .requiredOption('--site <folder>', 'site folder')
    .requiredOption('--device <id>', 'device')
    .requiredOption('--bundle <ref>', 'digest, or model:version')
    .action(async (options: RunOptions) => {
      const { withListeningSite } = await import('#cli/compose.ts');
      const result = await withListeningSite(options.site, io, ({ services, person }) =>
        benchOnDevice(options, services, { person, io }),
      );
      if (options.json === true) io.json(result);
      else
        result.variants.forEach((variant) => {
          printVariant(variant, io);
        });
    });
}

function withLoad(command: Command): Command {
  return command
    .option(
      '--seconds <n>',
      `time for each variant; under ${String(OFFICIAL_SECONDS)} the result is labelled quick`,
      '60',
    )
    .option('--cold-starts <n>', 'fresh processes to start', '10')
    .option('--seed <n>', 'seed of inputs and arrival times', '1')
    .option('--json', 'print one JSON document');
}

async function benchLocal(options: LocalOptions, io: CliIo): Promise<BenchmarkResult> {
  await stat(options.model).catch((cause: unknown) => {
    throw new AppError('USAGE_INVALID', `there is no file ${options.model}`, { path: options.model }, { cause });
  });
  const [{ measureVariant }, { agentEntryFile }, { environmentFacts }, { onnxRuntimeVersion }] = await Promise.all([
    import('#agent/benchmark/measure-variant.ts'),
    import('#agent/entry-file.ts'),
    import('#native/machine/index.ts'),
    import('#native/onnx/index.ts'),
  ]);
  const digest = await fileDigest(options.model);
  const seconds = numberOf('--seconds', options.seconds);
  const seed = numberOf('--seed', options.seed);
  const startedAt = Math.round(io.clock.now());
  const environment = fingerprintOf(environmentFacts(onnxRuntimeVersion()), nodeHasher);
  const measured = await measureVariant({
    entryFile: agentEntryFile(),
    model: {
      path: options.model,
      digest,
      providers: ['cpu'],
      golden: options.goldenInput.length === 0 ? [] : [{ inputs: options.goldenInput, outputs: options.goldenOutput }],
      tolerance: { rtol: 1e-3, atol: 1e-4 },
    },
    variant: {
      variantDigest: digest,
      variantId: basename(options.model, '.onnx'),
      runtime: 'onnxruntime',
      precision: 'as in the file',
    },
    seconds,
    coldStarts: Math.max(1, numberOf('--cold-starts', options.coldStarts)),
    seed,
    onStep: (step) => {
      io.progress({ done: 0, unit: 'steps', step });
    },
  });
  return {
    v: 1,
    id: io.ids.next(),
    device: 'this-machine',
    bundleDigest: digest,
    model: basename(options.model),
    version: '',
    seed,
    seconds,
    startedAt,
    endedAt: Math.round(io.clock.now()),
    percentileRule: 'nearest-rank',
    quick: seconds < OFFICIAL_SECONDS,
    environment,
    variants: [measured],
  };
}

async function benchOnDevice(
  options: RunOptions,
  services: StationServices,
  { person, io }: { person: Parameters<StationServices['benchmarks']['run']>[1]; io: CliIo },
): Promise<BenchmarkResult> {
  const bundle = requireBundle(services.bundles, options.bundle);
  const startedAt = io.clock.now();
  const { jobId } = services.benchmarks.run(
    {
      deviceId: options.device,
      bundleDigest: bundle.digest,
      variantDigests: [],
      seconds: numberOf('--seconds', options.seconds),
      coldStarts: numberOf('--cold-starts', options.coldStarts),
      seed: numberOf('--seed', options.seed),
    },
    person,
  );
  await jobDone(services, jobId, io);
  const result = services.benchmarks
    .list({ bundleDigest: bundle.digest, deviceId: options.device })
    .filter((candidate) => candidate.endedAt >= startedAt - 60_000)
    .sort((a, b) => b.endedAt - a.endedAt)[0];
  if (result === undefined)
    throw new AppError('BENCHMARK_FAILED', `the job ${jobId} ended without a result`, { jobId });
  return result;
}

async function jobDone(services: StationServices, jobId: string, io: CliIo): Promise<void> {
  const stop = new AbortController();
  try {
    for await (const { job } of services.jobs.watch(0, stop.signal)) {
      if (job.id !== jobId) continue;
      if (job.progress !== undefined) io.progress(job.progress);
      if (job.state === 'done') return;
      if (job.state === 'blocked')
        throw new AppError(
          'DEVICE_UNREACHABLE',
          `the device does not answer (${job.blockedOn ?? ''}); the job goes on when it does`,
          { jobId },
        );
      if (job.state === 'failed' || job.state === 'cancelled')
        throw new AppError('BENCHMARK_FAILED', job.error?.message ?? `the job was ${job.state}`, { jobId });
    }
  } finally {
    stop.abort();
  }
}

function printVariant(variant: VariantMeasurement, io: CliIo): void {
  io.out(
    `${variant.variantId} (${variant.runtime}, ${variant.provider}, ${String(variant.threads)} thread): ${variant.status}${variant.reason === '' ? '' : `: ${variant.reason}`}`,
  );
  if (variant.coldStart !== null)
    io.out(
      `  cold start        ${variant.coldStart.median.totalMs.toFixed(0)} ms median of ${String(variant.coldStart.trials)} (${variant.coldStart.minTotalMs.toFixed(0)}–${variant.coldStart.maxTotalMs.toFixed(0)})`,
    );
  for (const row of variant.service) io.out(`  service   p${String(row.p * 100).padEnd(6)} ${percentileText(row)}`);
  for (const row of variant.scheduled?.percentiles ?? [])
    io.out(`  scheduled p${String(row.p * 100).padEnd(6)} ${percentileText(row)}`);
  if (variant.throughputPerSecond !== null) io.out(`  throughput        ${variant.throughputPerSecond.toFixed(1)} /s`);
  if (variant.peakRssBytes !== null)
    io.out(
      `  peak memory       ${(variant.peakRssBytes / 1e6).toFixed(0)} MB resident${variant.pssBytes === null ? '' : `, ${(variant.pssBytes / 1e6).toFixed(0)} MB proportional`}`,
    );
  if (variant.goldenPassed !== null)
    io.out(`  golden vectors    ${variant.goldenPassed ? 'reproduced' : 'NOT reproduced'}`);
  for (const disturbance of variant.disturbances) io.out(`  disturbed: ${disturbance}`);
}

function percentileText({ valueMs, lowMs, highMs }: Percentile): string {
  if (valueMs === null) return 'n too small';
  return `${valueMs.toFixed(2)} ms (95 %: ${lowMs?.toFixed(2) ?? '–'} to ${highMs?.toFixed(2) ?? 'no upper bound'})`;
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new AppError('USAGE_INVALID', `${option} must be a number, it is ${text}`, { option });
  return value;
}

async function fileDigest(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
