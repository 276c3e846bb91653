/**
 * D15, S14: time of one durable append to the audit trail, and of checking 10,000 records.
 * Run: node test/bench/audit.bench.ts [appends] [records]. The bare line is one 256-byte append with fdatasync on the same disk.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuditExport, verifyAuditExport } from '#core/audit/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { aChainOf } from '#test/support/builders/audit.ts';
import { printResult } from '#scripts/benchmarks/bench-result.ts';

const appends = Number(process.argv[2] ?? 1_000);
const records = Number(process.argv[3] ?? 10_000);

const percentile = (times: readonly number[], p: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * p)] ?? 0;

/** Milliseconds of each durable append through the event log. */
function appendTimes(path: string): number[] {
  const store = openStationStore({ path, clock: systemClock, ids: randomIds(systemClock), hasher: nodeHasher });
  const times = Array.from({ length: appends }, (_, n) => {
    const begun = performance.now();
    store.events.append({
      actor: { kind: 'person', id: 'eva', name: 'Eva Field' },
      stream: 'rollout',
      type: 'rollout.started',
      subject: `r${String(n)}`,
      ticket: 'CHG-1',
      payload: { n },
    });
    return performance.now() - begun;
  });
  store.close();
  return times;
}

async function bareTimes(path: string): Promise<number[]> {
  const file = await open(path, 'w');
  const times: number[] = [];
  for (let n = 0; n < appends; n += 1) {
    const begun = performance.now();
    await file.appendFile(Buffer.alloc(256, n & 0xff));
    await file.datasync();
    times.push(performance.now() - begun);
  }
  await file.close();
  return times;
}

const dir = await mkdtemp(join(tmpdir(), 'gantry-bench-audit-'));
try {
  const bare = await bareTimes(join(dir, 'bare'));
  const ours = appendTimes(join(dir, 'station.db'));
  console.log(
    `audit append, ${String(appends)} records: p50 ${percentile(ours, 0.5).toFixed(2)} ms, p95 ${percentile(ours, 0.95).toFixed(2)} ms (target: p95 at most 5 ms)`,
  );
  console.log(
    `  bare append + fdatasync: p50 ${percentile(bare, 0.5).toFixed(2)} ms, p95 ${percentile(bare, 0.95).toFixed(2)} ms; ratio of p50 ${(percentile(ours, 0.5) / percentile(bare, 0.5)).toFixed(2)}`,
  );

  const p95 = percentile(ours, 0.95);
  printResult({
    id: 'audit',
    what: 'append one record, p95',
    value: `${p95.toFixed(2)} ms`,
    goal: 'at most 5 ms',
    ofGoal: p95 / 5,
  });

  const key = signingKeyFromPem(createKeyPair('ed25519').privateKeyPem);
  const files = await buildAuditExport(aChainOf(records), { id: 'plant', name: 'Plant' }, key, nodeHasher);
  const text = (name: string): string => new TextDecoder().decode(files.get(name));
  const begun = performance.now();
  const { problem } = verifyAuditExport(
    { records: text('records.jsonl'), checkpoint: text('checkpoint.txt') },
    key.publicKeyPem,
    { verifier: nodeSignatureVerifier, hasher: nodeHasher },
  );
  console.log(
    `audit verify, ${String(records)} records: ${(performance.now() - begun).toFixed(0)} ms, ${problem === null ? 'whole' : JSON.stringify(problem)}`,
  );
} finally {
  await rm(dir, { recursive: true });
}
