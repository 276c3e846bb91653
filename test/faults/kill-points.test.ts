/** S10, D10: an import killed at every call by which it changes the site. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { IS_FULL, recordFaults, rounds, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { recover } from './recovery.ts';
import { spread } from './spread.ts';
import { CHANGING_CALLS, injectionFor, runTraced, tracedCalls, type TracedCall } from './strace.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const SAMPLE = 3;
const MS_PER_POINT = 20_000;

describeWith('an import killed at each call that changes the site', [{ program: 'strace' }], () => {
  let site: FaultSite;
  let points: TracedCall[];
  beforeAll(async () => {
    site = await makeFaultSite();
    points = await referenceCalls(site);
  });
  afterAll(() => site.remove());

  it(
    `holds every promise after each ${IS_FULL ? 'call' : `of ${String(SAMPLE)} calls`}`,
    async () => {
      const isOver = timeBox();
      const chosen = spread(points).slice(0, rounds(points.length, SAMPLE));
      const failures: string[] = [];
      let [tried, kills, slowestMs] = [0, 0, 0];
      for (const point of chosen) {
        if (isOver()) break;
        const { wasKilled, restartMs, breaches } = await killAt(site, point);
        if (wasKilled) kills += 1;
        slowestMs = Math.max(slowestMs, restartMs);
        failures.push(...breaches.map((breach) => `${point.call} ${String(point.nth)} of ${point.path}: ${breach}`));
        tried += 1;
        if (tried % 10 === 0 || tried === chosen.length)
          recordFaults(
            'kill-points',
            {
              target: 'S10, D10',
              what: 'import killed at a write, fsync, rename, unlink or truncate of the site',
              count: kills,
              asked: points.length,
              failures: failures.length,
              seed: null,
              detail: `${String(points.length)} such calls in a quiet import, ${String(tried)} tried, ${String(kills)} reached; slowest restart ${slowestMs.toFixed(0)} ms`,
            },
            failures,
          );
      }
      expect(points.length).toBeGreaterThan(200);
      expect(failures).toEqual([]);
      expect(kills).toBeGreaterThan(tried * 0.8);
    },
    IS_FULL ? 3 * 3_600_000 : SAMPLE * MS_PER_POINT,
  );
});

/** Each call of an undisturbed import, as it is counted when a fault is put there. */
async function referenceCalls(site: FaultSite): Promise<TracedCall[]> {
  const siteDir = join(site.work, 'round');
  await site.copyTo(siteDir);
  const logPath = join(site.work, 'reference.log');
  // Once before: the first run keeps compiled code, and its writes would be counted.
  await runTraced([PROGRAM, siteDir, site.stick], { calls: CHANGING_CALLS, logPath });
  await rm(siteDir, { recursive: true });
  await site.copyTo(siteDir);
  const ran = await runTraced([PROGRAM, siteDir, site.stick], { calls: CHANGING_CALLS, logPath });
  if (ran.code !== 0) throw new Error(`the quiet import ended with ${String(ran.code)}: ${ran.err}`);
  await rm(siteDir, { recursive: true });
  return tracedCalls(logPath, siteDir);
}

async function killAt(site: FaultSite, point: TracedCall) {
  // The same path in every round: strace's filter names files by it.
  const siteDir = join(site.work, 'round');
  await site.copyTo(siteDir);
  try {
    const ran = await runTraced([PROGRAM, siteDir, site.stick], {
      calls: CHANGING_CALLS,
      logPath: join(site.work, 'killed.log'),
      injections: [injectionFor(point, 'signal=KILL')],
    });
    const wasKilled = ran.signal === 'SIGKILL' || ran.code === 137;
    if (!wasKilled && ran.code !== 0) throw new Error(`the import ended with ${String(ran.code)}: ${ran.err}`);
    return { wasKilled, ...(await recover(site, siteDir, acknowledgedBy(ran.out))) };
  } finally {
    await rm(siteDir, { recursive: true });
  }
}
