import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPrograms } from './build/build-programs.ts';
import { BUILD_PROGRAMS } from './build/programs.ts';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';
import { RESULT_MARK } from './benchmarks/bench-result.ts';

// `npm run bench -- [--quick] [word ...]`: each test/bench/*.bench.ts is a program that prints its results; a table of all of them
// ends the run. A word picks those whose name holds it. --quick takes smaller inputs: it shows that a benchmark runs, and little else.
const { values, positionals: words } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });

/** What users run is measured: the bundled gateway and the built page. */
const BUILT: readonly string[] = ['agent', 'renderer'];

/** What a benchmark is given in every run. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'agent.bench.ts': [join(REPOSITORY_ROOT, 'dist', 'agent', 'gantry-agent.mjs')],
};

/** What it is given instead for a quick run; one that is not listed is quick already. */
const QUICK_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'audit.bench.ts': ['200', '2000'],
  'import.bench.ts': ['128', '1'],
  'mirror.bench.ts': ['32'],
  'station.bench.ts': ['--quick'],
  'telemetry-append.bench.ts': ['4000', '50', '1'],
};

const folder = join(REPOSITORY_ROOT, 'test', 'bench');
const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.bench.ts')).sort();
const wanted = files.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
if (wanted.length === 0) console.log(`No benchmark to run; there are: ${files.join(', ') || 'none'}`);

await buildPrograms(
  REPOSITORY_ROOT,
  BUILD_PROGRAMS.filter((program) => BUILT.includes(program.name)),
  {
    onlyStale: true,
    say: (line) => {
      console.log(line);
    },
  },
);

const results: string[][] = [];
for (const name of wanted) {
  const startedAt = performance.now();
  console.log(`\n== ${name}`);
  const code = await run(name);
  console.log(`(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  if (code !== 0) {
    console.error(`${name} ended with code ${String(code)}`);
    process.exitCode = 1;
  }
}
if (results.length > 0) printTable([['', 'what', 'measured', 'target', 'of target'], ...results]);

/** Lets a benchmark print, and keeps the lines of its results. */
async function run(name: string): Promise<number | null> {
  const args = (values.quick === true ? QUICK_ARGUMENTS[name] : undefined) ?? ARGUMENTS[name] ?? [];
  const child = spawn(process.execPath, ['--expose-gc', join(folder, name), ...args], {
    cwd: REPOSITORY_ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    process.stdout.write(piece);
    text += piece;
  });
  await once(child, 'close');
  const found = text.split('\n').filter((line) => line.startsWith(RESULT_MARK));
  results.push(...found.map((line) => line.split(' | ').slice(1)));
  return child.exitCode;
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log(`\n== results${values.quick === true ? ' of a quick run: not for comparison' : ''}`);
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
