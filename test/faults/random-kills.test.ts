/** S10: an import killed at random instants. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { dice } from './dice.ts';
import { runDisturbed } from './disturbed-run.ts';
import { IS_FULL, recordFaults, rounds, seedAfterEarlier, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { recover } from './recovery.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const ASKED = 1000;
const ROUNDS = rounds(ASKED, 2);
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
      const roll = dice(seedAfterEarlier('random-kills', SEED));
      const failures: string[] = [];
      const isOver = timeBox();
      const tally = { kills: 0, slowestMs: 0 };
      for (let round = 0; IS_FULL ? tally.kills < ROUNDS : round < ROUNDS; round += 1) {
        if (isOver()) break;
        const siteDir = join(site.work, `round-${String(round)}`);
        await site.copyTo(siteDir);
        const { inTime, out } = await runDisturbed([PROGRAM, siteDir, site.stick], roll(700), (child) =>
          child.kill('SIGKILL'),
        );
        const { restartMs, breaches } = await recover(site, siteDir, acknowledgedBy(out));
        await rm(siteDir, { recursive: true });
        if (inTime) tally.kills += 1;
        tally.slowestMs = Math.max(tally.slowestMs, restartMs);
        failures.push(...breaches.map((breach) => `round ${String(round)}: ${breach}`));
        if (round % 10 === 9 || tally.kills === ROUNDS) record(tally, failures);
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
    seed: seedAfterEarlier('random-kills', SEED),
    detail: `slowest restart ${slowestMs.toFixed(0)} ms`,
  };
  recordFaults('random-kills', result, failures);
}
