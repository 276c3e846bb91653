/**
 * T1: appending telemetry (compress, frame, checksum, fsync before the answer) against a bare loop that appends the same raw bytes
 * in batches of the same size and calls fdatasync. Run: node test/bench/telemetry-append.bench.ts [requests] [senders] [rounds].
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';
import { printResult } from '#scripts/benchmarks/bench-result.ts';

const requests = Number(process.argv[2] ?? 20_000);
const senders = Number(process.argv[3] ?? 100);
const rounds = Number(process.argv[4] ?? 3);

/** What one report of an agent looks like: mostly names that repeat, some numbers that do not. */
function aReport(n: number): Uint8Array {
  const names = 'gantry.inference.duration gantry.model.name pcb gantry.model.version 1.0.0 gantry.device.id ';
  const numbers = Array.from({ length: 36 }, (_, at) => String((n * 7919 + at * 104_729) % 1000)).join(' ');
  return new TextEncoder().encode(`${names.repeat(3)}${numbers} ${String(1_700_000_000_000 + n)}`);
}

const reports = Array.from({ length: requests }, (_, n) => aReport(n));
const rawBytes = reports.reduce((sum, report) => sum + report.length, 0);

/** Requests a second of our log, with so many senders that wait for their answer; and the worst wait of the middle 99 %. */
async function ours(dir: string): Promise<{ perSecond: number; p99Ms: number; storedBytes: number }> {
  const log = await openTelemetryLog({ dir, site: 'bench', ids: randomIds(systemClock) });
  const waits: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let report = reports[next++]; report !== undefined; report = reports[next++]) {
        const sent = performance.now();
        await log.append(report);
        waits.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  await log.close();
  waits.sort((a, b) => a - b);
  const storedBytes = log.segments().reduce((sum, { bytes }) => sum + bytes, 0);
  return { perSecond: requests / seconds, p99Ms: waits[Math.floor(waits.length * 0.99)] ?? 0, storedBytes };
}

/** Requests a second of a loop that only writes and flushes, `senders` requests at a time. */
async function bare(path: string): Promise<number> {
  const file = await open(path, 'w');
  const begun = performance.now();
  for (let at = 0; at < reports.length; at += senders) {
    await file.appendFile(Buffer.concat(reports.slice(at, at + senders)));
    await file.datasync();
  }
  const seconds = (performance.now() - begun) / 1000;
  await file.close();
  return requests / seconds;
}

const dir = await mkdtemp(join(tmpdir(), 'gantry-bench-telemetry-'));
try {
  const results = { ours: [] as number[], bare: [] as number[], p99: [] as number[] };
  let stored = 0;
  // Interleaved: a busy moment of the disk hits both.
  for (let round = 0; round < rounds; round += 1) {
    results.bare.push(await bare(join(dir, `bare-${String(round)}`)));
    const measured = await ours(join(dir, `log-${String(round)}`));
    results.ours.push(measured.perSecond);
    results.p99.push(measured.p99Ms);
    stored = measured.storedBytes;
  }
  const best = { ours: Math.max(...results.ours), bare: Math.max(...results.bare), p99: Math.min(...results.p99) };
  console.log(
    `telemetry append, ${String(requests)} requests of ${String(Math.round(rawBytes / requests))} bytes, ${String(senders)} senders, best of ${String(rounds)}`,
  );
  console.log(`  telemetry log      ${best.ours.toFixed(0)} requests/s, p99 of the answer ${best.p99.toFixed(1)} ms`);
  console.log(`  bare group commit  ${best.bare.toFixed(0)} requests/s`);
  console.log(`  ratio              ${(best.ours / best.bare).toFixed(2)}`);
  const share = best.ours / best.bare;
  printResult({
    id: 'P7',
    what: 'telemetry append against bare group commit',
    value: `${share.toFixed(2)} x`,
    goal: 'at least 0.5 x',
    ofGoal: share / 0.5,
  });
  printResult({
    id: 'P7',
    what: 'telemetry answer, p99',
    value: `${best.p99.toFixed(1)} ms`,
    goal: 'at most 100 ms',
    ofGoal: best.p99 / 100,
  });
  console.log(`  stored             ${(rawBytes / stored).toFixed(2)} times smaller than sent`);
} finally {
  await rm(dir, { recursive: true });
}
