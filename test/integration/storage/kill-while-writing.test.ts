import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHAIN_START, walkChain } from '#core/audit/index.ts';
import { isDigest } from '#core/base/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { arrivingBlob } from './arriving-blob.ts';

const CHILD = join(import.meta.dirname, 'writing-child.ts');
const KILLS = 20;

/** Everything that one run promised before it was killed at a moment of its own. */
async function promisesOfOneRun(folder: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
  });
  // After another number of promises each time, and a little later: spread over the steps of one write, however slow the machine is.
  const enough = 3 + ((round * 7) % 12);
  let isDoomed = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (isDoomed || said.split('\n').length <= enough) return;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), ((round * 13) % 10) / 2);
  });
  await ended;
  // The last line may be cut by the kill: then it was no promise.
  return said.split('\n').slice(0, -1);
}

describe('a station that is killed while it writes', () => {
  it(`keeps every acknowledged event and blob over ${String(KILLS)} kills`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gantry-kill-'));
    const promises: string[] = [];

    for (let round = 0; round < KILLS; round += 1) promises.push(...(await promisesOfOneRun(folder, round)));

    const store = openStationStore({
      path: join(folder, 'station.db'),
      clock: systemClock,
      ids: randomIds(systemClock),
      hasher: nodeHasher,
    });
    const blobs = await folderBlobStore(join(folder, 'store'));
    try {
      const records = store.events.read(0, 1_000_000);
      expect(walkChain(CHAIN_START, records, nodeHasher).broken).toBeNull();
      const present = new Set(records.map(({ seq, hash }) => `event ${String(seq)} ${hash}`));
      expect(promises.filter((line) => line.startsWith('event') && !present.has(line))).toEqual([]);

      const digests = promises
        .filter((line) => line.startsWith('blob '))
        .map((line) => line.slice(5))
        .filter(isDigest);
      for (const digest of digests) expect((await blobs.read(digest, 1000)).length).toBe(64);

      await expectArrivingBlob(
        blobs,
        Math.max(0, ...promises.filter((line) => line.startsWith('partial ')).map((line) => Number(line.slice(8)))),
      );
      expect(promises.filter((line) => line === 'ready')).toHaveLength(KILLS);
      expect(digests.length).toBeGreaterThan(KILLS);
      expect(await leftOvers(join(folder, 'store'))).toEqual([]);
    } finally {
      store.close();
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});

async function expectArrivingBlob(
  blobs: Awaited<ReturnType<typeof folderBlobStore>>,
  promisedBytes: number,
): Promise<void> {
  const { digest, bytes } = arrivingBlob();
  const partial = await blobs.openPartial(digest, bytes.length);
  const durable = partial.received[0]?.end ?? 0;
  expect(partial.received.length).toBeLessThanOrEqual(1);
  expect(durable).toBeGreaterThanOrEqual(promisedBytes);
  await partial.write(durable, bytes.subarray(durable));
  await partial.finish();
  expect(Buffer.compare(await blobs.read(digest, bytes.length), bytes)).toBe(0);
}

/** Files that no rule of the store explains. */
async function leftOvers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile() && !/^[0-9a-f]{64}$/.test(entry.name)).map((entry) => entry.name);
}
