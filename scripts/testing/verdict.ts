import { NO_REASON, type SkippedTest, type SuiteResults } from './suite-results.ts';

/** How one runner ended: its results, or null when it wrote none. */
export interface SuiteRun {
  readonly name: string;
  readonly exitCode: number;
  readonly results: SuiteResults | null;
}

/** What the whole test run comes to. */
export interface Verdict {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

/**
 * Adds up the suites. A runner that crashed, or that ended badly without naming a failed test, is a failure of its own;
 * so is a run in which no test ran at all.
 */
export function concludeRun(runs: readonly SuiteRun[], extraFailures: readonly string[]): Verdict {
  const failures = [...extraFailures, ...runs.flatMap(failuresOf)];
  const passed = sum(runs.map(({ results }) => results?.passed ?? 0));
  const skipped = runs.flatMap(({ results }) => results?.skipped ?? []);
  if (passed === 0 && failures.length === 0) failures.push('no test ran');
  return {
    lines: [
      ...skipLines(skipped),
      ...failures.map((failure) => `failed: ${failure}`),
      `${String(passed)} passed, ${String(failures.length)} failed, ${String(skipped.length)} skipped`,
    ],
    exitCode: failures.length === 0 ? 0 : 1,
  };
}

function failuresOf({ name, exitCode, results }: SuiteRun): string[] {
  if (results === null) return [`${name}: the runner ended with code ${String(exitCode)} and wrote no results`];
  if (exitCode !== 0 && results.failures.length === 0)
    return [`${name}: the runner ended with code ${String(exitCode)} although no test failed`];
  return results.failures.map((failure) => `${name}: ${failure}`);
}

/** One line a reason, however many tests share it; the tests themselves below it. */
function skipLines(skipped: readonly SkippedTest[]): string[] {
  const byReason = Map.groupBy(skipped, ({ reason }) => reason || NO_REASON);
  return [...byReason].flatMap(([reason, tests]) => [
    `skipped ${String(tests.length)}: ${reason}`,
    ...tests.map(({ name }) => `  - ${name}`),
  ]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
