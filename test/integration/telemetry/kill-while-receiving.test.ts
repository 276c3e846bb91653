import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#native/clock/index.ts';
import { openPointIndex } from '#native/sqlite/index.ts';
import { openTelemetry } from './telemetry-rig.ts';

const CHILD = join(import.meta.dirname, 'receiving-child.ts');
const KILLS = 20;
/** Targets T1: a restart takes at most this. */
const RESTART_MS = 5_000;

/** What one run acknowledged before it was killed at a moment of its own. */
async function acknowledgedBy(folder: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
  });
  // After another number of answers each time, and a little later: spread over the steps of a commit, however slow the machine is.
  const enough = (round * 29) % 120;
  let isDoomed = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (isDoomed || said.split('\n').length <= enough) return;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), ((round * 41) % 30) / 3);
  });
  await ended;
  return said
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('ack '));
}

describe('a station that is killed while it receives telemetry', () => {
  it(`has every acknowledged request after ${String(KILLS)} kills, in the log and in the chart`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gantry-telemetry-kill-'));
    const acknowledged: string[] = [];

    for (let round = 0; round < KILLS; round += 1) acknowledged.push(...(await acknowledgedBy(folder, round)));

    const begun = systemClock.monotonicMs();
    const rig = await openTelemetry(folder);
    expect(systemClock.monotonicMs() - begun).toBeLessThan(RESTART_MS);
    const status = rig.telemetry.status();
    await rig.close();

    const index = openPointIndex(join(folder, 'telemetry', 'index.db'));
    const found = index.find({
      metric: 'gantry.inference.requests',
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      devices: null,
    });
    index.close();
    const present = new Set(found.map(({ device, point }) => `ack ${device} ${String(point.endAt)}`));
    expect(acknowledged.filter((line) => !present.has(line))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(KILLS * 4);
    // What was in the last commit of a run may be there without an answer: never the other way round.
    expect(status.records).toBeGreaterThanOrEqual(acknowledged.length);
    expect(status.gaps).toBe(0);
    await rm(folder, { recursive: true });
  }, 120_000);
});
