/** S10: an import killed at random instants. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { dice } from './dice.ts';
import { recordFaults, rounds } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { recover } from './recovery.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const ASKED = 1000;
const ROUNDS = rounds(ASKED, 6);
const SEED = 20_261_121;

describe(`an import killed at ${String(ROUNDS)} random instants (seed ${String(SEED)})`, () => {
  let site: FaultSite;
  beforeAll(async () => {
    site = await makeFaultSite();
  });
  afterAll(() => site.remove());

  it(
    'holds every promise after each',
    async () => {
      const roll = dice(SEED);
      const failures: string[] = [];
      const tally = { kills: 0, slowestMs: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const siteDir = join(site.work, `round-${String(round)}`);
        await site.copyTo(siteDir);
        const { wasKilled, out } = await runAndKill([PROGRAM, siteDir, site.stick], roll(700));
        const { restartMs, breaches } = await recover(site, siteDir, acknowledgedBy(out));
        await rm(siteDir, { recursive: true });
        if (wasKilled) tally.kills += 1;
        tally.slowestMs = Math.max(tally.slowestMs, restartMs);
        failures.push(...breaches.map((breach) => `round ${String(round)}: ${breach}`));
        if (round % 10 === 9 || round + 1 === ROUNDS) record(tally, failures);
      }
      expect(failures).toEqual([]);
      expect(tally.kills).toBeGreaterThan(0);
    },
    ROUNDS * 20_000,
  );
});

/** Written while it runs: a long run that is stopped still tells how far it came. */
function record({ kills, slowestMs }: { kills: number; slowestMs: number }, failures: readonly string[]): void {
  const result = {
    target: 'S10',
    what: 'import killed with SIGKILL at a random instant',
    count: kills,
    asked: ASKED,
    failures: failures.length,
    seed: SEED,
    detail: `slowest restart ${slowestMs.toFixed(0)} ms`,
  };
  recordFaults('random-kills', result, failures);
}

/** Kills `afterMs` after the station was up: before that, it is the start that is killed, which only repeats itself. */
function runAndKill(args: readonly string[], afterMs: number): Promise<{ wasKilled: boolean; out: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  let killer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString('utf8');
    killer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(killer);
      if (signal === 'SIGKILL' || code === 0) resolve({ wasKilled: signal === 'SIGKILL', out });
      else reject(new Error(`the import ended with ${String(code)}`));
    });
  });
}
