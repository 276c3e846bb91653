import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { NO_REASON, RESULTS_FILE_VARIABLE, SKIP_ALL_VARIABLE, type SuiteResults } from './suite-results.ts';

/** Writes what the journeys came to, with the reason of every skip. */
export default class PlaywrightResultsReporter implements Reporter {
  #tests: TestCase[] = [];
  readonly #errors: string[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#tests = suite.allTests();
  }

  onError(error: TestError): void {
    this.#errors.push(`error outside of any test: ${error.message?.split('\n')[0] ?? 'unknown'}`);
  }

  onEnd(): void {
    const path = process.env[RESULTS_FILE_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(this.#summarise()));
  }

  #summarise(): SuiteResults {
    const skipAll = process.env[SKIP_ALL_VARIABLE];
    if (skipAll !== undefined) {
      return {
        passed: 0,
        failures: this.#errors,
        skipped: this.#tests.map((test) => ({ name: nameOf(test), reason: skipAll })),
      };
    }
    // A test that passed on a second try is not a passed test.
    const failures = [
      ...this.#tests.filter((test) => ['unexpected', 'flaky'].includes(test.outcome())).map(nameOf),
      ...this.#errors,
    ];
    return {
      passed: this.#tests.filter((test) => test.outcome() === 'expected').length,
      failures,
      skipped: this.#tests
        .filter((test) => test.outcome() === 'skipped')
        .map((test) => ({ name: nameOf(test), reason: reasonOf(test) })),
    };
  }
}

function reasonOf(test: TestCase): string {
  if (test.results.length === 0) return 'did not run, because an earlier test of its file failed';
  const annotations = [...test.annotations, ...test.results.flatMap((result) => result.annotations)];
  return (
    annotations.find(({ type, description }) => ['skip', 'fixme'].includes(type) && description !== undefined)
      ?.description ?? NO_REASON
  );
}

function nameOf(test: TestCase): string {
  return `${relative(process.cwd(), test.location.file)} > ${test.titlePath().slice(3).join(' > ')}`;
}
