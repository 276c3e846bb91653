/** S11, D10: the power of the disk with the site is cut under an import, and what was not flushed is lost. */
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { dice } from './dice.ts';
import { runDisturbed } from './disturbed-run.ts';
import { recordFaults, rounds, seedAfterEarlier, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { makePowerDisk, POWER_DISK_NEEDS, type DiskKind, type PowerDisk } from './power-disk.ts';
import { recover } from './recovery.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const ASKED = 200;
const SEED = 20_261_123;
/** An import takes about this long after its first word; the last cuts come after it, when all of it was acknowledged. */
const SPREAD_MS = 900;

describeWith('an import on a disk whose power is cut', [...POWER_DISK_NEEDS, { program: 'mkfs.xfs' }], () => {
  let site: FaultSite;
  beforeAll(async () => {
    site = await makeFaultSite();
  });
  afterAll(() => site.remove());

  it.each([
    ['ext4', rounds(ASKED, 1)],
    ['xfs', rounds(ASKED, 1)],
  ] as const)(
    'loses nothing that was acknowledged and needs no repair on %s (%i cuts)',
    async (kind, cuts) => {
      const disk = makePowerDisk(kind, { path: join(site.work, kind), image: join(site.work, `${kind}.img`) });
      try {
        expect(await cutOften(site, { disk, kind, cuts })).toEqual([]);
      } finally {
        disk.remove();
      }
    },
    ASKED * 30_000,
  );
});

async function cutOften(site: FaultSite, options: { disk: PowerDisk; kind: DiskKind; cuts: number }) {
  const suite = `power-cut-${options.kind}`;
  const seed = seedAfterEarlier(suite, SEED);
  const roll = dice(seed);
  const failures: string[] = [];
  const isOver = timeBox();
  let [done, inTime, slowestMs] = [0, 0, 0];
  while (done < options.cuts && !isOver()) {
    const afterMs = roll(SPREAD_MS);
    const found = await oneCut(site, options.disk, afterMs);
    done += 1;
    if (found.inTime) inTime += 1;
    slowestMs = Math.max(slowestMs, found.restartMs);
    failures.push(...found.breaches.map((breach) => `cut ${String(done)} after ${String(afterMs)} ms: ${breach}`));
    const result = {
      target: 'S11, D10',
      what: `power of the ${options.kind} disk with the station's site cut under an import (shutdown ioctl, journal not flushed)`,
      count: done,
      asked: ASKED,
      failures: failures.length,
      seed,
      detail: `${String(inTime)} while the import ran, the others right after it; slowest restart ${slowestMs.toFixed(0)} ms`,
    };
    recordFaults(suite, result, failures);
  }
  return failures;
}

async function oneCut(site: FaultSite, disk: PowerDisk, afterMs: number) {
  const siteDir = join(disk.path, 'site');
  await site.copyTo(siteDir);
  execFileSync('sync', ['-f', siteDir]);
  const { inTime, out } = await runDisturbed([PROGRAM, siteDir, site.stick], afterMs, (child) => {
    disk.cutPower();
    child.kill('SIGKILL');
  });
  if (!inTime) disk.cutPower();
  disk.unmount();
  disk.mount();
  const recovery = await recover(site, siteDir, acknowledgedBy(out));
  await rm(siteDir, { recursive: true });
  return { inTime, ...recovery };
}
