import { setTimeout as delay } from 'node:timers/promises';
import {
  judgeStability,
  poissonSchedule,
  runClosedLoop,
  runOpenLoop,
  seededRandom,
  windowOf,
  type LoadTarget,
  type Stability,
  type Window,
} from '#core/benchmark/index.ts';
import type { Tensor } from '#core/tensor/index.ts';
import { answerParent, processMemory, sampleCpu, shareOfOthers } from '#native/machine/index.ts';
import { openOnnxSession, type OnnxSession } from '#native/onnx/index.ts';
import { benchmarkInputs } from './benchmark-inputs.ts';
import { goldenDifferences, readGolden, type ModelJob } from './model-job.ts';

export interface MeasureJob {
  readonly model: ModelJob;
  readonly seconds: number;
  readonly seed: number;
}

export interface MeasureAnswer {
  readonly stability: Stability;
  readonly goldenPassed: boolean | null;
  readonly goldenDetail: string;
  readonly serviceMs: readonly number[];
  readonly serviceElapsedMs: number;
  readonly ratePerSecond: number;
  readonly scheduledMs: readonly number[];
  readonly peakRssBytes: number | null;
  readonly pssBytes: number | null;
  readonly otherCpuShare: number | null;
  readonly frequencyFirstMhz: number | null;
  readonly frequencyLastMhz: number | null;
}

/** Enough for the runtime's arenas to reach their size. */
const MEMORY_RUNS = 20;
/** Half of what the server can do: a queue forms now and then, as on a line, and does not grow for ever. */
const UTILISATION = 0.5;
/** No line asks more often; beyond it the timers of the client would be what is measured. */
const MAX_RATE_PER_SECOND = 1000;
/** Shares of the given time; the rest is start-up. */
const SHARES = { warmUp: 0.2, service: 0.4, scheduled: 0.4 } as const;
const OFFICIAL_WINDOW_MS = 10_000;
const LEAST_WINDOW_MS = 250;
/** Timers wake late by a millisecond or two; the last stretch is waited out awake. */
const TIMER_SLACK_MS = 2;

/** The whole measurement of one variant in a process of its own. */
export function playMeasure(): void {
  answerParent((job, progress) => measure(job as MeasureJob, progress));
}

async function measure({ model, seconds, seed }: MeasureJob, progress: (step: string) => void): Promise<MeasureAnswer> {
  const session = await openOnnxSession(model);
  const vectors = await readGolden(model, session);
  const differences = await goldenDifferences(session, vectors, model.tolerance);
  const [first = []] = await benchmarkInputs(model, session, { seed, copies: 1 });
  for (let run = 0; run < MEMORY_RUNS; run += 1) await session.run(first);
  // Before the many inputs of the load are made: they are the client's memory, not the model's.
  const memory = processMemory('self', { withPss: true });
  const target = loadTarget(session, await benchmarkInputs(model, session, { seed, copies: 'fill-cache' }));
  progress('warm-up');
  const stability = await warmUp(target, seconds * 1000 * SHARES.warmUp);
  const before = sampleCpu();
  const ownBefore = process.cpuUsage();
  progress('service');
  const serviceFrom = performance.now();
  const serviceMs = await runClosedLoop(seconds * 1000 * SHARES.service, target);
  const serviceElapsedMs = performance.now() - serviceFrom;
  progress('scheduled');
  const ratePerSecond = Math.min(MAX_RATE_PER_SECOND, (UTILISATION * 1000 * serviceMs.length) / serviceElapsedMs);
  const schedule = poissonSchedule(ratePerSecond, seconds * 1000 * SHARES.scheduled, seededRandom(seed));
  const scheduledMs = await runOpenLoop(schedule, target);
  const after = sampleCpu();
  const own = process.cpuUsage(ownBefore);
  await session.close();
  return {
    stability,
    goldenPassed: vectors.length === 0 ? null : differences.length === 0,
    goldenDetail: differences.join('; '),
    serviceMs,
    serviceElapsedMs,
    ratePerSecond,
    scheduledMs,
    peakRssBytes: memory.peakRssBytes,
    pssBytes: memory.pssBytes,
    otherCpuShare: shareOfOthers(before, after, (own.user + own.system) / 1000),
    frequencyFirstMhz: before.frequencyMhz,
    frequencyLastMhz: after.frequencyMhz,
  };
}

function loadTarget(session: OnnxSession, inputs: readonly Tensor[][]): LoadTarget {
  return {
    nowMs: () => performance.now(),
    async waitUntil(atMs) {
      const rest = atMs - performance.now() - TIMER_SLACK_MS;
      if (rest > 0) await delay(rest);
      while (performance.now() < atMs) await Promise.resolve();
    },
    async serve(index) {
      await session.run(inputs[index % inputs.length] ?? []);
    },
  };
}

/** Official runs warm up in 10 s windows; a quick run scales them down and is labelled quick. */
async function warmUp(target: LoadTarget, budgetMs: number): Promise<Stability> {
  const windowMs = Math.min(OFFICIAL_WINDOW_MS, Math.max(LEAST_WINDOW_MS, budgetMs / 6));
  const windows: Window[] = [];
  const deadline = performance.now() + Math.max(budgetMs, windowMs * 3) * 3;
  for (;;) {
    const window = windowOf(await runClosedLoop(windowMs, target));
    if (window !== null) windows.push(window);
    const verdict = judgeStability(windows);
    if (verdict !== 'warming' || performance.now() > deadline) return verdict;
  }
}
