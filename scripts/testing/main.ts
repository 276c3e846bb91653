import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser } from '../../cli/app-window.ts';
import { buildPrograms } from '../build/build-programs.ts';
import { BUILD_PROGRAMS } from '../build/programs.ts';
import { REPOSITORY_ROOT } from '../source-graph/read-sources.ts';
import { ensurePrerequisites } from './prerequisites.ts';
import { runSuite, type Suite } from './run-suite.ts';
import { SKIP_ALL_VARIABLE } from './suite-results.ts';
import { concludeRun, type SuiteRun } from './verdict.ts';

// `npm test`: build, then every suite, then the sum. Each runner has a limit, so nothing hangs.

const say = (line: string): void => {
  console.log(line);
};

const VITEST: Suite = {
  name: 'unit, contract and integration',
  script: 'node_modules/vitest/vitest.mjs',
  args: ['run', '--reporter=default', '--reporter=./scripts/testing/vitest-results-reporter.ts'],
  limitMs: 30 * 60_000,
};

function journeys(browser: string | undefined): Suite {
  const reporters = '--reporter=line,./scripts/testing/playwright-results-reporter.ts';
  const base = { name: 'journeys', script: 'node_modules/@playwright/test/cli.js', limitMs: 30 * 60_000 };
  if (browser !== undefined) return { ...base, args: ['test', reporters] };
  const reason = 'no Chromium, Chrome or Edge on this machine (name one with CHROMIUM=/path/to/it)';
  return { ...base, args: ['test', '--list', reporters], env: { [SKIP_ALL_VARIABLE]: reason } };
}

async function hasJourneys(): Promise<boolean> {
  const names = await readdir(join(REPOSITORY_ROOT, 'test', 'e2e'), { recursive: true }).catch(() => []);
  return names.some((name) => name.endsWith('.e2e.ts'));
}

/** A build that fails is one failure; the suites still run, so that one run shows everything. */
async function build(): Promise<string[]> {
  try {
    await buildPrograms(REPOSITORY_ROOT, BUILD_PROGRAMS, { onlyStale: true, say });
    return [];
  } catch (error) {
    console.error(error);
    return ['the build'];
  }
}

ensurePrerequisites(say);
const failures = [
  ...(process.argv.includes('--after-failed-check') ? ['npm run check (its findings are above)'] : []),
  ...(await build()),
];
const runs: SuiteRun[] = [await runSuite(REPOSITORY_ROOT, VITEST)];
if (await hasJourneys()) runs.push(await runSuite(REPOSITORY_ROOT, journeys(findBrowser(process.env))));
else say('test/e2e holds no journeys.');

const { lines, exitCode } = concludeRun(runs, failures);
say('');
for (const line of lines) say(line);
process.exitCode = exitCode;
