import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#native/clock/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FILE = join(ROOT, 'test-results', 'faults.json');

/** Whether this is `npm run test:faults`; otherwise a fast sample runs inside `npm test`. */
export const IS_FULL = process.env['GANTRY_FAULTS'] === 'full';

/** A count for the full run, or the smaller one of the sample. GANTRY_FAULTS_SHARE=0.1 takes a tenth of the full one. */
export function rounds(full: number, sample: number): number {
  const share = Number(process.env['GANTRY_FAULTS_SHARE'] ?? '1');
  return IS_FULL ? Math.max(1, Math.round(full * share)) : sample;
}

/** GANTRY_FAULTS_MINUTES=20 ends each suite of a full run after about that time, with the counts it has by then. */
export function timeBox(): () => boolean {
  const minutes = Number(process.env['GANTRY_FAULTS_MINUTES'] ?? 'Infinity');
  const endsAt = systemClock.monotonicMs() + minutes * 60_000;
  return () => systemClock.monotonicMs() >= endsAt;
}

/** One line of the evidence: what was done how often, and how often it went wrong. */
export interface FaultResult {
  /** Requirement that it answers, e.g. `S10`. */
  readonly target: string;
  readonly what: string;
  readonly count: number;
  /** How many the requirement asks for; null when it asks for all there are. */
  readonly asked: number | null;
  readonly failures: number;
  readonly seed: number | null;
  /** Measured beside it, in words. */
  readonly detail: string;
}

/**
 * Keeps the result of a suite of the full run for `npm run evidence`. A sample records nothing: its counts prove nothing. What went wrong
 * is kept in words in `faults-<suite>.txt`, so that a long run can be read while it runs.
 */
export function recordFaults(suite: string, result: FaultResult, failures: readonly string[] = []): void {
  if (!IS_FULL) return;
  mkdirSync(join(ROOT, 'test-results'), { recursive: true });
  const entry = {
    ...afterEarlier(suite, result),
    command: `npm run test:faults -- ${suite}`,
    date: new Date().toISOString(),
  };
  writeFileSync(join(ROOT, 'test-results', `faults-${suite}.txt`), failures.map((failure) => `${failure}\n`).join(''));
  // At once: a reader must never find half of it and take it for nothing.
  writeFileSync(`${FILE}.new`, `${JSON.stringify({ ...earlier(), [suite]: entry }, null, 2)}\n`);
  renameSync(`${FILE}.new`, FILE);
}

/** With GANTRY_FAULTS_CONTINUE=1 a run goes on from the counts of the runs before it, with other dice, and says so. */
export function seedAfterEarlier(suite: string, seed: number): number {
  return seed + (BEFORE[suite]?.count ?? 0);
}

function afterEarlier(suite: string, result: FaultResult): FaultResult & { commit: string } {
  const before = BEFORE[suite];
  if (before === undefined) return { ...result, commit: commit() };
  return {
    ...result,
    count: before.count + result.count,
    failures: before.failures + result.failures,
    detail: `${String(result.count)} at ${commit()}: ${result.detail}; ${String(before.count)} at ${before.commit} with seed ${String(before.seed)}: ${before.detail}`,
    commit: `${before.commit}, ${commit()}`,
  };
}

type Earlier = Readonly<Record<string, (FaultResult & { commit: string }) | undefined>>;

function earlier(): Earlier {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Earlier;
  } catch {
    return {};
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return process.env['GANTRY_COMMIT'] ?? 'unknown';
  }
}

/** As they were when this run began. */
const BEFORE: Earlier = process.env['GANTRY_FAULTS_CONTINUE'] === '1' ? earlier() : {};
