import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';
import { ensurePrerequisites } from './testing/prerequisites.ts';

// `npm run test:faults [-- suite ...]`: the fault suites in full; counts go to test-results/faults.json. A fast sample runs in `npm test`.
// GANTRY_FAULTS_SHARE=0.1 takes a tenth. One suite after the other: restarts are timed. Names are those of test/faults/<name>*.test.ts.
ensurePrerequisites((line) => {
  console.log(line);
});
const RESULT_NAMES: Readonly<Record<string, string>> = {
  'site-errors': 'call-errors',
  'stick-errors': 'call-errors',
};
const named = process.argv.slice(2).map((name) => join('test', 'faults', RESULT_NAMES[name] ?? name));
const args = [
  'run',
  '--project',
  'integration',
  '--no-file-parallelism',
  ...(named.length > 0 ? named : ['test/faults']),
];
const vitest = join(REPOSITORY_ROOT, 'node_modules', 'vitest', 'vitest.mjs');
if (!existsSync(vitest)) throw new Error('run npm ci first');
const child = spawn(process.execPath, [vitest, ...args], {
  cwd: REPOSITORY_ROOT,
  stdio: 'inherit',
  env: { ...process.env, GANTRY_FAULTS: 'full' },
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
