/** D10: a flush that is only said to have happened, and then the power goes. A suite that notices nothing of that would prove nothing. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledgedBy } from './acknowledged-by.ts';
import { IS_FULL, recordFaults, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { makePowerDisk, POWER_DISK_NEEDS, type PowerDisk } from './power-disk.ts';
import { recover } from './recovery.ts';
import { runTraced, tracedCalls } from './strace.ts';

const PROGRAM = fileURLToPath(new URL('./cut-program.ts', import.meta.url));
const FLUSHES = 'fsync,fdatasync';
const HEX = '[0-9a-f]{64}';

interface Lie {
  readonly about: string;
  /** Files and folders of the site, relative to it. */
  readonly paths: RegExp;
  /** Whether it has to be noticed; the others are told as they were found. */
  readonly isNoticed: boolean;
}

/** One place in the product that flushes may hide behind another that flushes the same: those are lied about together. */
const LIES: readonly Lie[] = [
  { about: 'nothing', paths: /^$/, isNoticed: false },
  { about: 'database', paths: /^station\.db/, isNoticed: true },
  { about: 'names and content of published blobs', paths: /^store\/blobs\//, isNoticed: false },
  { about: 'the whole store', paths: /^store\//, isNoticed: true },
  { about: 'content that arrives', paths: new RegExp(`^store/partial/${HEX}$`), isNoticed: false },
  {
    about: 'content that arrives or is published',
    paths: new RegExp(`^store/(partial|blobs/sha256/..)/${HEX}$`),
    isNoticed: true,
  },
  { about: 'folders of published blobs', paths: /^store\/blobs\/sha256\/..$/, isNoticed: false },
  { about: 'journals of what arrived', paths: /^store\/partial(\/.*\.json)?$/, isNoticed: false },
  { about: 'floors of trust', paths: /^trust\b/, isNoticed: false },
];
const STATES = ['copying', 'verifying', 'awaiting-decision', 'accepted'] as const;

interface Disks {
  readonly site: PowerDisk;
  /** Of its own: on one journal, a flush of the database would make the names of the store durable with it. */
  readonly store: PowerDisk;
  readonly siteDir: string;
}

describeWith('an import whose disk only says that it flushed', [...POWER_DISK_NEEDS, { program: 'strace' }], () => {
  let site: FaultSite;
  let disks: Disks;
  beforeAll(async () => {
    site = await makeFaultSite();
    const siteDisk = makePowerDisk('ext4', { path: join(site.work, 'disk'), image: join(site.work, 'disk.img') }, 200);
    const siteDir = join(siteDisk.path, 'site');
    const image = join(site.work, 'store.img');
    disks = { site: siteDisk, store: makePowerDisk('ext4', { path: join(siteDir, 'store'), image }, 200), siteDir };
    disks.store.unmount();
  });
  afterAll(async () => {
    disks.store.remove();
    disks.site.remove();
    await site.remove();
  });

  it('is noticed by these suites', async () => {
    const paths = await flushedPaths(site, disks);
    const isOver = timeBox();
    const breachesOf = new Map<string, string[]>();
    let cuts = 0;
    for (const lie of IS_FULL ? LIES : LIES.slice(0, 2))
      for (const state of IS_FULL ? STATES : STATES.slice(-1)) {
        if (isOver()) break;
        const lied = paths.filter((path) => lie.paths.test(path)).map((path) => join(disks.siteDir, path));
        const breaches = await cutWithLie(site, disks, { lied, state });
        breachesOf.set(lie.about, [...(breachesOf.get(lie.about) ?? []), ...breaches]);
        cuts += 1;
      }
    record(breachesOf, cuts);

    expect(breachesOf.get('nothing')).toEqual([]);
    expect(
      LIES.filter(({ about, isNoticed }) => isNoticed && breachesOf.get(about)?.length === 0).map(({ about }) => about),
    ).toEqual([]);
  }, 1_800_000);
});

function record(breachesOf: ReadonlyMap<string, readonly string[]>, cuts: number): void {
  const noticed = [...breachesOf].filter(([, breaches]) => breaches.length > 0).map(([about]) => about);
  const masked = [...breachesOf.keys()].filter((about) => about !== 'nothing' && !noticed.includes(about));
  const mustBe = LIES.filter(({ isNoticed }) => isNoticed).map(({ about }) => about);
  recordFaults(
    'lying-flush',
    {
      target: 'D10',
      what: 'flushes answered 0 and left out (strace), power cut right after an acknowledgement: the suites must notice',
      count: cuts,
      asked: LIES.length * STATES.length,
      failures:
        mustBe.filter((about) => !noticed.includes(about)).length + (breachesOf.get('nothing')?.length === 0 ? 0 : 1),
      seed: null,
      detail: `noticed: ${noticed.join('; ')}. Not noticed, because a later flush on the same file system makes it durable too: ${masked.join('; ') || 'none'}`,
    },
    [...breachesOf].flatMap(([about, breaches]) => breaches.map((breach) => `${about}: ${breach}`)),
  );
}

/** Everything that a quiet import flushes, relative to the site. */
async function flushedPaths(site: FaultSite, disks: Disks): Promise<string[]> {
  await fresh(site, disks);
  const logPath = join(site.work, 'flushes.log');
  await runTraced([PROGRAM, disks.siteDir, site.stick], { calls: FLUSHES.split(','), logPath });
  const calls = await tracedCalls(logPath, disks.siteDir);
  disks.store.unmount();
  return [...new Set(calls.map(({ path }) => path.slice(disks.siteDir.length + 1)))].filter(
    (path) => !path.endsWith('.tmp'),
  );
}

async function cutWithLie(site: FaultSite, disks: Disks, { lied, state }: { lied: readonly string[]; state: string }) {
  await fresh(site, disks);
  const cuts = [disks.store, disks.site].map(({ cutCommand }) => cutCommand);
  const { out } = await runTraced([PROGRAM, disks.siteDir, site.stick, state, JSON.stringify(cuts)], {
    calls: FLUSHES.split(','),
    logPath: join(site.work, 'lying.log'),
    injections: lied.length === 0 ? [] : [{ call: FLUSHES, nth: 1, persistent: true, paths: lied, fault: 'retval=0' }],
  });
  for (const disk of [disks.store, disks.site]) disk.unmount();
  for (const disk of [disks.site, disks.store]) disk.mount();
  try {
    const { breaches } = await recover(site, disks.siteDir, acknowledgedBy(out));
    return breaches.map((breach) => `at ${state}: ${breach}`);
  } catch (error) {
    return [`at ${state}: the station does not start: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    disks.store.unmount();
  }
}

/** A fresh site whose store is a disk of its own; everything of it is durable. Leaves both mounted. */
async function fresh(site: FaultSite, { siteDir, store }: Disks): Promise<void> {
  await rm(siteDir, { recursive: true, force: true });
  const copy = join(site.work, 'copy');
  await site.copyTo(copy);
  const storeDir = join(siteDir, 'store');
  await cp(copy, siteDir, { recursive: true, filter: (path) => !path.startsWith(join(copy, 'store')) });
  mkdirSync(storeDir);
  store.mount();
  await rm(join(storeDir, 'blobs'), { recursive: true, force: true });
  await rm(join(storeDir, 'partial'), { recursive: true, force: true });
  await cp(join(copy, 'store'), storeDir, { recursive: true });
  await rm(copy, { recursive: true });
  for (const path of [siteDir, storeDir]) execFileSync('sync', ['-f', path]);
}
