import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run check`: everything that can be said about the code without running it. Every step runs, so that one run shows all.

const STEPS: readonly { readonly name: string; readonly script: string; readonly args?: readonly string[] }[] = [
  { name: 'types', script: 'scripts/typecheck.ts' },
  { name: 'import rules', script: 'scripts/check-imports.ts' },
  { name: 'unused', script: 'scripts/check-unused.ts' },
  { name: 'generated files', script: 'scripts/gen.ts', args: ['--check'] },
  { name: 'format', script: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', script: 'node_modules/eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
];

const results = STEPS.map(({ name, script, args = [] }) => {
  console.log(`\n== ${name}`);
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, [join(REPOSITORY_ROOT, script), ...args], {
    cwd: REPOSITORY_ROOT,
    stdio: 'inherit',
  });
  return { name, isGood: status === 0, seconds: (performance.now() - startedAt) / 1000 };
});

console.log('\n== check');
for (const { name, isGood, seconds } of results) {
  console.log(`${isGood ? 'good  ' : 'FAILED'} ${name} (${seconds.toFixed(0)} s)`);
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1;
