import type { ColdStart, VariantMeasurement } from '#contracts/benchmark.ts';
import { assertNever } from '#core/base/index.ts';
import { nearestRank, statePercentiles } from './percentiles.ts';
import type { Stability } from './stability.ts';

/** A run shorter than this is labelled quick: good for choosing, not for a release. */
export const OFFICIAL_SECONDS = 600;

/** Which artefact was measured, and how. */
export interface MeasuredVariant {
  readonly variantDigest: VariantMeasurement['variantDigest'];
  readonly variantId: string;
  readonly runtime: string;
  readonly precision: string;
  readonly provider: string;
  readonly threads: number;
}

/** Raw results of one variant. */
export interface RawMeasurement {
  readonly coldStarts: readonly ColdStart[];
  readonly stability: Stability;
  readonly serviceMs: readonly number[];
  readonly serviceElapsedMs: number;
  readonly scheduledRatePerSecond: number;
  readonly scheduledMs: readonly number[];
  readonly peakRssBytes: number | null;
  readonly pssBytes: number | null;
  readonly goldenPassed: boolean | null;
  readonly disturbances: readonly string[];
}

export type Measured =
  | { readonly status: 'measured'; readonly raw: RawMeasurement }
  | { readonly status: 'failed' | 'refused'; readonly reason: string };

/** The stated result of one variant. An unstable warm-up or a wrong answer is never called measured. */
export function assembleMeasurement(variant: MeasuredVariant, outcome: Measured): VariantMeasurement {
  switch (outcome.status) {
    case 'failed':
    case 'refused':
      return { ...variant, ...NOTHING_MEASURED, status: outcome.status, reason: outcome.reason };
    case 'measured':
      return { ...variant, ...assembleRaw(outcome.raw) };
    default:
      return assertNever(outcome, 'measurement outcome');
  }
}

const NOTHING_MEASURED = {
  samples: 0,
  coldStart: null,
  peakRssBytes: null,
  pssBytes: null,
  service: [],
  scheduled: null,
  throughputPerSecond: null,
  goldenPassed: null,
  disturbances: [],
};

function assembleRaw(raw: RawMeasurement): Omit<VariantMeasurement, keyof MeasuredVariant> {
  return {
    ...statusOf(raw),
    samples: raw.serviceMs.length,
    coldStart: assembleColdStart(raw.coldStarts),
    peakRssBytes: raw.peakRssBytes,
    pssBytes: raw.pssBytes,
    service: statePercentiles(raw.serviceMs),
    scheduled:
      raw.scheduledMs.length === 0
        ? null
        : { ratePerSecond: raw.scheduledRatePerSecond, percentiles: statePercentiles(raw.scheduledMs) },
    throughputPerSecond: raw.serviceElapsedMs > 0 ? (raw.serviceMs.length * 1000) / raw.serviceElapsedMs : null,
    goldenPassed: raw.goldenPassed,
    disturbances: [...raw.disturbances],
  };
}

function statusOf(raw: RawMeasurement): { status: VariantMeasurement['status']; reason: string } {
  if (raw.goldenPassed === false)
    return { status: 'failed', reason: 'the variant did not reproduce its golden outputs on this machine' };
  switch (raw.stability) {
    case 'stable':
      return { status: 'measured', reason: '' };
    case 'warming':
      return { status: 'unstable', reason: 'the time given was too short for three windows that agree' };
    case 'unstable':
      return { status: 'unstable', reason: 'no three windows in a row agreed within 3 % (p50) and 10 % (p99)' };
    default:
      return assertNever(raw.stability, 'stability');
  }
}

/** Median of each phase over all trials; the extremes of the total beside it. */
function assembleColdStart(trials: readonly ColdStart[]): VariantMeasurement['coldStart'] {
  if (trials.length === 0) return null;
  const totals = trials.map((trial) => trial.totalMs);
  return {
    trials: trials.length,
    median: medianTrial(trials),
    minTotalMs: Math.min(...totals),
    maxTotalMs: Math.max(...totals),
  };
}

function medianTrial(trials: readonly ColdStart[]): ColdStart {
  const median = (pick: (trial: ColdStart) => number): number =>
    nearestRank(
      trials.map(pick).sort((a, b) => a - b),
      0.5,
    );
  return {
    spawnMs: median((trial) => trial.spawnMs),
    runtimeLoadMs: median((trial) => trial.runtimeLoadMs),
    modelReadMs: median((trial) => trial.modelReadMs),
    compileMs: median((trial) => trial.compileMs),
    firstAnswerMs: median((trial) => trial.firstAnswerMs),
    totalMs: median((trial) => trial.totalMs),
  };
}
