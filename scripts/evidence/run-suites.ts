import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { REPOSITORY_ROOT } from '../source-graph/read-sources.ts';
import type { SuiteOfTarget } from './suites.ts';

/** What a suite came to, kept in test-results/suites.json under its targets. */
export const SuiteCounts = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  command: z.string(),
  commit: z.string(),
  date: z.string(),
});
export type SuiteCounts = z.infer<typeof SuiteCounts>;

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
  testResults: z.array(z.object({ assertionResults: z.array(z.unknown()) })),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

/** Runs the tests of one target; undefined when there is nothing of it to run. */
export function runSuite({ files }: SuiteOfTarget): SuiteCounts | undefined {
  const isJourney = files.some((file) => file.endsWith('.e2e.ts'));
  const folder = mkdtempSync(join(tmpdir(), 'gantry-evidence-'));
  const report = join(folder, 'report.json');
  try {
    const args = isJourney
      ? ['node_modules/@playwright/test/cli.js', 'test', '--reporter=json', ...files]
      : [
          'node_modules/vitest/vitest.mjs',
          'run',
          '--no-file-parallelism',
          '--reporter=json',
          `--outputFile=${report}`,
          ...files,
        ];
    spawnSync(process.execPath, args, {
      cwd: REPOSITORY_ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, GANTRY_FAULTS: 'full', PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    });
    const counts = isJourney ? journeyCounts(report) : testCounts(report);
    if (counts === undefined) return undefined;
    const command = `${isJourney ? 'npx playwright test' : 'GANTRY_FAULTS=full npx vitest run'} ${files.join(' ')}`;
    return { ...counts, command, commit: commit(), date: new Date().toISOString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Counts = Pick<SuiteCounts, 'passed' | 'failed' | 'skipped'>;

function testCounts(path: string): Counts | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const report = VitestReport.parse(JSON.parse(text));
  // A file that does not load fails without any test of its own.
  const unloaded = report.testResults.filter(({ assertionResults }) => assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded, skipped: report.numPendingTests };
}

function journeyCounts(path: string): Counts | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const { expected, unexpected, flaky, skipped } = PlaywrightReport.parse(JSON.parse(text)).stats;
  return { passed: expected, failed: unexpected + flaky, skipped };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The runner did not get as far as a report: the row then says so.
    return undefined;
  }
}

function commit(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: REPOSITORY_ROOT, encoding: 'utf8' });
  return stdout.trim();
}
