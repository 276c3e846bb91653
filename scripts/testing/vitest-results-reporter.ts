import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import { NO_REASON, RESULTS_FILE_VARIABLE, type SuiteResults } from './suite-results.ts';

/** Writes what a Vitest run came to, with the reason of every skip. */
export default class VitestResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const path = process.env[RESULTS_FILE_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(summarise(modules, unhandledErrors)));
  }
}

function summarise(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): SuiteResults {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const failedTests = tests.filter((test) => test.result().state === 'failed').map(nameOf);
  const failures = [
    ...failedTests,
    ...modules.flatMap(errorsOutsideTests),
    ...unhandledErrors.map((error) => `error outside of any test: ${error.message}`),
  ];
  return {
    passed: tests.filter((test) => test.result().state === 'passed').length,
    failures,
    skipped: tests.flatMap((test) => {
      const result = test.result();
      if (result.state === 'passed' || result.state === 'failed') return [];
      return [
        { name: nameOf(test), reason: (result.state === 'skipped' ? result.note : undefined) ?? reasonInTitle(test) },
      ];
    }),
  };
}

/** A file that does not load, or a hook that throws, fails without any test of its own failing. */
function errorsOutsideTests(module: TestModule): string[] {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.flatMap((suite) =>
    suite.errors().map((error) => `${module.relativeModuleId}: ${error.message.split('\n')[0] ?? ''}`),
  );
}

/** `describeWithShared` puts the reason of a skip into the title, in brackets. */
function reasonInTitle(test: TestCase): string {
  return /\(skipped: ([^)]+)\)/.exec(test.fullName)?.[1] ?? NO_REASON;
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}
