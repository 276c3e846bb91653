import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RESULTS_FILE_VARIABLE, SuiteResults } from './suite-results.ts';
import type { SuiteRun } from './verdict.ts';

/** One runner: its program, and how long it may take before it counts as hung. */
export interface Suite {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one suite to its end, or to its limit, and reads what its reporter wrote. */
export async function runSuite(root: string, suite: Suite): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
  try {
    const file = join(folder, 'results.json');
    const exitCode = await runToLimit(root, suite, { ...process.env, ...suite.env, [RESULTS_FILE_VARIABLE]: file });
    return { name: suite.name, exitCode, results: await readResults(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runToLimit(root: string, suite: Suite, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, suite.script), ...suite.args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    });
    const limit = setTimeout(() => {
      console.error(`${suite.name} did not end within ${String(suite.limitMs / 60_000)} minutes; stopping it.`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, suite.limitMs);
    child.once('error', () => {
      clearTimeout(limit);
      resolve(1);
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
}

/** No file, or half a file, means that the runner crashed; the verdict counts that as a failure. */
async function readResults(file: string): Promise<SuiteResults | null> {
  try {
    return SuiteResults.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
