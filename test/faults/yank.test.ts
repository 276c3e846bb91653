/** S13, D2: the stick is pulled while it is read. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImportView } from '#contracts/media.ts';
import { MIB } from '#core/base/index.ts';
import { composeStation, type StationHost } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { dice } from './dice.ts';
import { makeExfatStick, type ExfatStick } from './exfat-stick.ts';
import { IS_FULL, recordFaults, rounds, seedAfterEarlier, timeBox } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { finishImport } from './finish-import.ts';
import { describeWith } from './needs.ts';
import { listStore, tornBlobs } from './site-listing.ts';

const ASKED = 100;
const ROUNDS = rounds(ASKED, 2);
const SEED = 20_261_122;
const NEEDS = ['root', 'loop', 'fuse', { program: 'mount.exfat-fuse' }, { program: 'mkfs.exfat' }] as const;
/** D2: media loss is shown within two seconds; the rest is for a busy test machine. */
const SHOWN_WITHIN_MS = 10_000;

describeWith(`an import whose exFAT stick is pulled ${String(ROUNDS)} times (seed ${String(SEED)})`, NEEDS, () => {
  let site: FaultSite;
  let stick: ExfatStick;
  beforeAll(async () => {
    site = await makeFaultSite({ weightBytes: 24 * MIB });
    stick = await makeExfatStick(site.work, site.stick, 64);
  });
  afterAll(async () => {
    await stick.remove();
    await site.remove();
  });

  it(
    'tells that the medium is gone, and ends with every blob once it is back',
    async () => {
      const roll = dice(seedAfterEarlier('yank', SEED));
      const isOver = timeBox();
      const failures: string[] = [];
      let yanked = 0;
      let slowestMs = 0;
      // In full, only pulls that came in time count.
      for (let round = 0; IS_FULL ? yanked < ROUNDS : round < ROUNDS; round += 1) {
        if (isOver()) break;
        const siteDir = join(site.work, `round-${String(round)}`);
        await site.copyTo(siteDir);
        const found = await oneYank({ site, stick, siteDir, afterMs: roll(160) });
        await rm(siteDir, { recursive: true });
        if (found.shownAfterMs !== null) {
          yanked += 1;
          slowestMs = Math.max(slowestMs, found.shownAfterMs);
        }
        failures.push(...found.breaches.map((breach) => `round ${String(round)}: ${breach}`));
        const result = {
          target: 'S13, D2',
          what: 'exFAT stick pulled (FUSE daemon killed) while an import reads it',
          count: yanked,
          asked: ASKED,
          failures: failures.length,
          seed: seedAfterEarlier('yank', SEED),
          detail: `${String(round + 1)} rounds, ${String(yanked)} in time; loss shown after at most ${slowestMs.toFixed(0)} ms`,
        };
        recordFaults('yank', result, failures);
      }
      expect(failures).toEqual([]);
      expect(yanked).toBeGreaterThan(0);
    },
    ROUNDS * 60_000,
  );
});

async function oneYank(options: { site: FaultSite; stick: ExfatStick; siteDir: string; afterMs: number }) {
  const { site, stick, siteDir, afterMs } = options;
  const station = await composeStation({ siteDir, devices: 'closed' });
  const breaches: string[] = [];
  let shownAfterMs: number | null = null;
  try {
    const volume = await station.services.media.openFolder(stick.path);
    const bundleDigest = volume.set?.bundles[0]?.digest;
    if (bundleDigest === undefined) throw new Error(`no set: ${JSON.stringify(volume.problem)}`);
    const { id } = await station.services.imports.start({ volumeId: volume.id, bundleDigest }, station.person);
    await sleep(afterMs);
    await stick.yank();
    const pulledAt = systemClock.monotonicMs();
    const view = await settled(station, id);
    // It may have been read to its end before the stick was pulled.
    if (view.state !== 'awaiting-decision') {
      shownAfterMs = systemClock.monotonicMs() - pulledAt;
      breaches.push(...judge(view), ...tornBlobs(await listStore(siteDir)));
    }
    await stick.plug();
    const retried = await finishImport(station, stick.path, systemClock);
    if (retried.state !== 'accepted')
      breaches.push(`the retry ended ${retried.state}: ${JSON.stringify(retried.error)}`);
  } finally {
    await station.close();
  }
  const held = new Set(Object.values(await listStore(siteDir)));
  breaches.push(...site.blobs.filter((digest) => !held.has(digest)).map((digest) => `${digest} is missing`));
  return { shownAfterMs, breaches };
}

function judge({ state, error }: ImportView): string[] {
  if (state !== 'waiting-for-media') return [`the import is ${state}: ${JSON.stringify(error)}`];
  // With the stick gone, the part that lies on it is what is missing.
  if (error !== null && error.code !== 'MEDIA_GONE' && error.code !== 'MEDIA_PART_MISSING')
    return [`the cause is told as ${error.code}: ${error.message}`];
  return [];
}

async function settled(station: StationHost, importId: string): Promise<ImportView> {
  const deadline = systemClock.monotonicMs() + SHOWN_WITHIN_MS;
  for (;;) {
    const view = station.services.imports.get(importId);
    const isMoving = view.state === 'planned' || view.state === 'copying' || view.state === 'verifying';
    if (!isMoving || systemClock.monotonicMs() > deadline) return view;
    await sleep(5);
  }
}
