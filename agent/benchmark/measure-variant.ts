import type { ColdStart, VariantMeasurement } from '#contracts/benchmark.ts';
import { assembleMeasurement, disturbancesOf, type Measured, type MeasuredVariant } from '#core/benchmark/index.ts';
import { environmentFacts, runLimitedChild, type ChildOutcome } from '#native/machine/index.ts';
import { onnxRuntimeVersion } from '#native/onnx/index.ts';
import type { ColdStartAnswer } from '#agent/roles/cold-start.ts';
import type { MeasureAnswer, MeasureJob } from '#agent/roles/measure.ts';
import type { ModelJob } from '#agent/roles/model-job.ts';

export interface MeasureOptions {
  readonly entryFile: string;
  readonly model: ModelJob;
  readonly variant: Omit<MeasuredVariant, 'provider' | 'threads'>;
  readonly seconds: number;
  readonly coldStarts: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string) => void;
}

/** A model that does not start within this is not measured. */
const COLD_START_LIMIT_MS = 120_000;

/** Measures one variant in fresh processes: cold starts first, then one long run. Never throws for what the model does. */
export async function measureVariant(options: MeasureOptions): Promise<VariantMeasurement> {
  const about: MeasuredVariant = { ...options.variant, provider: options.model.providers[0] ?? '', threads: 1 };
  const before = environmentFacts(onnxRuntimeVersion());
  const coldStarts = await measureColdStarts(options);
  if (!Array.isArray(coldStarts)) return assembleMeasurement(about, coldStarts);
  options.onStep?.('measure');
  const outcome = await runLimitedChild({
    entryFile: options.entryFile,
    role: 'measure',
    job: { model: options.model, seconds: options.seconds, seed: options.seed } satisfies MeasureJob,
    timeLimitMs: options.seconds * 4000 + COLD_START_LIMIT_MS,
    memoryLimitBytes: null,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: (step) => options.onStep?.(String(step)),
  });
  if (outcome.ended !== 'answered') return assembleMeasurement(about, failureOf(outcome));
  const answer = outcome.answer as MeasureAnswer;
  const disturbances = disturbancesOf({
    loadAverageBefore: before.loadAverage,
    cores: before.cores,
    governor: before.governor,
    cgroupCpuLimit: before.cgroupCpuLimit,
    frequencyFirstMhz: answer.frequencyFirstMhz,
    frequencyLastMhz: answer.frequencyLastMhz,
    otherCpuShare: answer.otherCpuShare,
  });
  if (options.model.golden.length === 0)
    disturbances.push('inputs are synthetic: the model came without golden vectors');
  return assembleMeasurement(about, {
    status: 'measured',
    raw: { ...answer, coldStarts, scheduledRatePerSecond: answer.ratePerSecond, disturbances },
  });
}

async function measureColdStarts(options: MeasureOptions): Promise<ColdStart[] | Measured> {
  const trials: ColdStart[] = [];
  for (let trial = 0; trial < options.coldStarts; trial += 1) {
    options.onStep?.(`cold-start ${String(trial + 1)}/${String(options.coldStarts)}`);
    const outcome = await runLimitedChild({
      entryFile: options.entryFile,
      role: 'cold-start',
      job: { model: options.model, seed: options.seed },
      timeLimitMs: COLD_START_LIMIT_MS,
      memoryLimitBytes: null,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (outcome.ended !== 'answered') return failureOf(outcome);
    trials.push(coldStartOf(outcome.spawnMs, outcome.answer as ColdStartAnswer));
  }
  return trials;
}

function coldStartOf(spawnMs: number, phases: ColdStartAnswer): ColdStart {
  const totalMs = spawnMs + phases.runtimeLoadMs + phases.modelReadMs + phases.compileMs + phases.firstAnswerMs;
  return { spawnMs, ...phases, totalMs };
}

function failureOf(outcome: Exclude<ChildOutcome, { ended: 'answered' }>): Measured {
  const lastLine = outcome.log.trim().split('\n')[0] ?? '';
  return {
    status: outcome.ended === 'cancelled' ? 'refused' : 'failed',
    reason: [outcome.detail, lastLine]
      .filter((part) => part !== '')
      .join(': ')
      .slice(0, 500),
  };
}
