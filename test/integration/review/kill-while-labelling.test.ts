import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../media/folders.ts';
import { openDesk } from './desk.ts';

const CHILD = fileURLToPath(new URL('./label-child.ts', import.meta.url));
const ROUNDS = 20;

async function labelUntilKilled(folder: string, log: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, folder, log], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  await new Promise<void>((resolve) => {
    child.stdout.once('data', () => {
      resolve();
    });
  });
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  expect(await ended).toBeNull();
}

describe('labelling when the station is killed', () => {
  it(`loses no acknowledged label in ${String(ROUNDS)} kills`, async () => {
    const folder = await aFolder();
    const log = join(await aFolder(), 'acknowledged');
    await writeFile(log, '');
    for (let round = 0; round < ROUNDS; round += 1) {
      await labelUntilKilled(folder, log, 5 + ((round * 7919) % 60));

      const { review, close } = await openDesk(folder);
      const acknowledged = new Map<string, { revision: number; x: number }>();
      for (const line of (await readFile(log, 'utf8')).trim().split('\n')) {
        const [sampleId = '', revision, x] = line.split(' ');
        acknowledged.set(sampleId, { revision: Number(revision), x: Number(x) });
      }
      for (const [sampleId, { revision, x }] of acknowledged) {
        const sample = review.get(sampleId);
        expect(sample.revision).toBeGreaterThanOrEqual(revision);
        if (sample.revision === revision) expect(sample.label?.boxes[0]?.x).toBe(x);
      }
      await close();
    }
    expect((await readFile(log, 'utf8')).split('\n').length).toBeGreaterThan(ROUNDS);
  }, 120_000);
});
