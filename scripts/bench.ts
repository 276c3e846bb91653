import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run bench [word ...]`: each test/bench/*.bench.ts is a program that prints its ratios. A word picks those whose name holds it.
const words = process.argv.slice(2);
const folder = join(REPOSITORY_ROOT, 'test', 'bench');
const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.bench.ts')).sort();
const wanted = files.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
if (wanted.length === 0) console.log(`No benchmark to run; there are: ${files.join(', ') || 'none'}`);

for (const name of wanted) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(folder, name)], {
    cwd: REPOSITORY_ROOT,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`${name} ended with code ${String(status)}`);
    process.exitCode = 1;
  }
}
