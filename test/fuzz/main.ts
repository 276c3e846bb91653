import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inputOf, type Tally } from './run-inputs.ts';
import { judge, type Target } from './target.ts';
import { TARGETS } from './targets/index.ts';
import { WatchedWorker } from './watched-worker.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    inputs: { type: 'string', default: '105000' },
    workers: { type: 'string', default: '2' },
    target: { type: 'string' },
    index: { type: 'string' },
    out: { type: 'string', default: 'test-results' },
  },
});
const seed = Number(values.seed);
const chosen = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0)
  throw new Error(`there is no target ${values.target ?? ''}: ${TARGETS.map(({ name }) => name).join(', ')}`);

if (values.index !== undefined) await repeatOne(chosen, Number(values.index));
else await runAll(chosen, Number(values.inputs));

/** `--target NAME --index N`: one input again, here, with its bytes. */
async function repeatOne(targets: readonly Target[], index: number): Promise<void> {
  for (const { name, prepare } of targets) {
    const prepared = await prepare();
    const input = inputOf(seed, name, index, prepared);
    console.log(
      `${name} ${String(index)}: ${String(input.length)} bytes, base64 ${Buffer.from(input).toString('base64').slice(0, 4000)}`,
    );
    console.log(await judge(prepared, input));
  }
}

interface TargetResult {
  readonly name: string;
  inputs: number;
  accepted: number;
  refused: number;
  crashes: number;
  hangs: number;
  wronglyAccepted: number;
  maxMs: number;
}

async function runAll(targets: readonly Target[], total: number): Promise<void> {
  const began = performance.now();
  const weight = targets.reduce((sum, target) => sum + target.weight, 0);
  const results = targets.map((target): TargetResult => ({
    name: target.name,
    inputs: 0,
    accepted: 0,
    refused: 0,
    crashes: 0,
    hangs: 0,
    wronglyAccepted: 0,
    maxMs: 0,
  }));
  const queue = targets.map((target, at) => ({
    at,
    name: target.name,
    to: Math.ceil((total * target.weight) / weight),
  }));
  const workers = Array.from({ length: Number(values.workers) }, () => new WatchedWorker());
  await Promise.all(
    workers.map(async (worker) => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const result = results[job.at];
        if (result === undefined) continue;
        for (const tally of await worker.run({ seed, name: job.name, from: 0, to: job.to })) add(result, tally);
        console.log(line(result));
      }
      worker.close();
    }),
  );
  finish(results, {
    maxRssBytes: Math.max(...workers.map((worker) => worker.maxRssBytes)),
    seconds: (performance.now() - began) / 1000,
  });
}

function add(result: TargetResult, tally: Tally): void {
  result.inputs += tally.inputs;
  result.accepted += tally.accepted;
  result.refused += tally.refused;
  result.maxMs = Math.max(result.maxMs, tally.maxMs);
  for (const failure of tally.failures) {
    if (failure.outcome === 'wrong') result.wronglyAccepted += 1;
    else if (failure.outcome === 'hung') result.hangs += 1;
    else result.crashes += 1;
    const folder = join(values.out, 'fuzz-failures');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${result.name.replaceAll(/\W+/g, '-')}-${String(seed)}-${String(failure.index)}.json`);
    writeFileSync(file, JSON.stringify({ target: result.name, seed, ...failure }, null, 1));
    console.log(
      `FAILED ${result.name} index ${String(failure.index)}: ${failure.outcome}: ${failure.detail.slice(0, 300)}\n  ${file}`,
    );
  }
}

function line({ name, inputs, accepted, refused, maxMs }: TargetResult): string {
  return `${name.padEnd(34)} ${String(inputs).padStart(6)} inputs  ${String(accepted).padStart(5)} accepted  ${String(refused).padStart(6)} refused  slowest ${maxMs.toFixed(1)} ms`;
}

function finish(results: readonly TargetResult[], run: { maxRssBytes: number; seconds: number }): void {
  const total = results.reduce((sum, result) => sum + result.inputs, 0);
  const sum = (what: 'crashes' | 'hangs' | 'wronglyAccepted'): number =>
    results.reduce((all, result) => all + result[what], 0);
  const maxRssMb = Math.round(run.maxRssBytes / 2 ** 20);
  const rounded = results.map((result) => ({ ...result, maxMs: Math.round(result.maxMs * 10) / 10 }));
  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    join(values.out, 'fuzz.json'),
    `${JSON.stringify({ seed, commit: commit(), date: new Date().toISOString(), seconds: Math.round(run.seconds), targets: rounded, total, maxRssMb }, null, 1)}\n`,
  );
  console.log(
    `seed ${String(seed)}: ${String(total)} inputs, ${String(sum('crashes'))} crashes, ${String(sum('hangs'))} hangs, ${String(sum('wronglyAccepted'))} wrongly accepted, at most ${String(maxRssMb)} MB, ${run.seconds.toFixed(0)} s`,
  );
  const failed = sum('crashes') + sum('hangs') + sum('wronglyAccepted');
  console.log(`${String(total - failed)} passed, ${String(failed)} failed, 0 skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    // An unpacked source tree has no history; the figures then name no commit.
    return 'unknown';
  }
}
