/** S13: every call by which an import writes to the site or reads from the stick fails once. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callsOfQuietImport, importWithError, tally } from './failing-import.ts';
import { IS_FULL, recordFaults, rounds, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { spread } from './spread.ts';
import { CHANGING_CALLS, type TracedCall } from './strace.ts';

interface Side {
  readonly suite: string;
  readonly what: string;
  readonly calls: readonly string[];
  readonly errors: readonly string[];
  readonly folder: (siteDir: string, site: FaultSite) => string;
}

const SIDES: readonly Side[] = [
  {
    suite: 'site-errors',
    what: 'ENOSPC, EIO or EROFS at a call that opens or changes a file of the site',
    calls: [...CHANGING_CALLS, 'openat', 'mkdir'],
    errors: ['ENOSPC', 'EIO', 'EROFS'],
    folder: (siteDir) => siteDir,
  },
  {
    suite: 'stick-errors',
    what: 'EIO, ENODEV, ENOTCONN or ENOENT at a call that reads the stick',
    calls: ['openat', 'read', 'pread64', 'statx', 'getdents64'],
    errors: ['EIO', 'ENODEV', 'ENOTCONN', 'ENOENT'],
    folder: (_siteDir, site) => site.stick,
  },
];
const SAMPLE = 2;

describeWith('an import in which one call fails', [{ program: 'strace' }], () => {
  let site: FaultSite;
  beforeAll(async () => {
    site = await makeFaultSite();
  });
  afterAll(() => site.remove());

  for (const side of SIDES)
    it(
      `names file and cause, shows nothing partial, and succeeds when it is repeated: ${side.what}`,
      async () => {
        const calls = await callsOfQuietImport(site, side.calls, (siteDir) => side.folder(siteDir, site));
        // Temp files have another name in each run: a count alone could let a call fail that has nothing to do with the site.
        const points = calls.filter(({ path }) => !path.endsWith('.tmp'));
        await rm(join(site.work, 'round'), { recursive: true });
        const faults = points.flatMap((point) => side.errors.map((error) => ({ point, error, calls: side.calls })));
        const chosen = spread(faults).slice(0, rounds(faults.length, SAMPLE));
        const isOver = timeBox();
        const failures: string[] = [];
        const endings: string[] = [];
        for (const fault of chosen) {
          if (isOver()) break;
          const { breaches, ended } = await oneTry(site, fault);
          endings.push(ended);
          failures.push(...breaches);
          if (endings.length % 10 === 0 || endings.length === chosen.length || isOver())
            recordFaults(
              side.suite,
              {
                target: 'S13, U4',
                what: side.what,
                count: endings.length,
                asked: faults.length,
                failures: failures.length,
                seed: null,
                detail: `${String(points.length)} calls, each with ${String(side.errors.length)} errors, evenly chosen; ${tally(endings)}; cause, unchanged state, next step, code and log checked at the station's services`,
              },
              failures,
            );
        }
        expect(points.length).toBeGreaterThan(0);
        expect(failures).toEqual([]);
      },
      IS_FULL ? 3 * 3_600_000 : SAMPLE * 20_000,
    );
});

async function oneTry(site: FaultSite, fault: { point: TracedCall; error: string; calls: readonly string[] }) {
  const siteDir = join(site.work, 'round');
  await site.copyTo(siteDir);
  try {
    return await importWithError(site, siteDir, fault);
  } finally {
    await rm(siteDir, { recursive: true });
  }
}
