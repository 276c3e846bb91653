/** D8: no second copy on the station's disk, and a disk that is too small is told before byte 1, with the amount. */
import { readdirSync, rmSync, statfsSync, statSync, truncateSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError, MIB } from '#core/base/index.ts';
import { composeStation } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { acknowledgedBy } from './acknowledged-by.ts';
import { runDisturbed } from './disturbed-run.ts';
import { IS_FULL, recordFaults, rounds } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { finishImport } from './finish-import.ts';
import { describeWith } from './needs.ts';
import { makePowerDisk, POWER_DISK_NEEDS, type PowerDisk } from './power-disk.ts';
import { listStore } from './site-listing.ts';

const PROGRAM = fileURLToPath(new URL('./import-program.ts', import.meta.url));
const WEIGHT_BYTES = (IS_FULL ? 768 : 16) * MIB;
const DISK_MB = IS_FULL ? 1536 : 256;
const ALLOWED_EXTRA_BYTES = 64 * MIB;
const TOO_SMALL = rounds(10, 1);
const LOOK_EVERY_MS = 5;

describeWith('a large import on a small disk', POWER_DISK_NEEDS, () => {
  let site: FaultSite;
  let disk: PowerDisk;
  let siteDir: string;
  beforeAll(async () => {
    site = await makeFaultSite({ weightBytes: WEIGHT_BYTES });
    disk = makePowerDisk('ext4', { path: join(site.work, 'disk'), image: join(site.work, 'disk.img') }, DISK_MB);
    siteDir = join(disk.path, 'site');
  }, 300_000);
  afterAll(async () => {
    disk.remove();
    await site.remove();
  });

  async function freshSite(): Promise<void> {
    await rm(siteDir, { recursive: true, force: true });
    await site.copyTo(siteDir);
    execFileSync('sync', ['-f', siteDir]);
  }

  it('takes no more of it than the bundle and 64 MiB', async () => {
    await freshSite();
    const bundleBytes = blobBytes(site);
    const before = usedBytes(disk);
    let [most, looks] = [0, 0];
    const looking = setInterval(() => {
      most = Math.max(most, usedBytes(disk) - before);
      looks += 1;
    }, LOOK_EVERY_MS);
    const { out } = await runDisturbed([PROGRAM, siteDir, site.stick], 600_000, () => undefined);
    clearInterval(looking);
    most = Math.max(most, usedBytes(disk) - before);
    const extraBytes = most - bundleBytes;

    expect(acknowledgedBy(out).at(-1)?.state).toBe('accepted');
    recordFaults('disk-use', {
      target: 'D8',
      what: `import of ${mib(bundleBytes)} MiB onto an ext4 disk, used space looked at every ${String(LOOK_EVERY_MS)} ms`,
      count: 1,
      asked: 1,
      failures: extraBytes <= ALLOWED_EXTRA_BYTES ? 0 : 1,
      seed: null,
      detail: `at most ${mib(extraBytes)} MiB more than the bundle in ${String(looks)} looks (allowed: 64)`,
    });
    expect(extraBytes).toBeLessThanOrEqual(ALLOWED_EXTRA_BYTES);
  }, 600_000);

  it('is refused before the first byte with what is missing, and succeeds when just that is freed', async () => {
    const failures: string[] = [];
    for (let round = 0; round < TOO_SMALL; round += 1) {
      await freshSite();
      // Less and less is missing: the last rounds are a matter of pages.
      const shortBytes = Math.max(4096, Math.floor((WEIGHT_BYTES * (TOO_SMALL - round)) / TOO_SMALL));
      failures.push(...(await refusedBy(shortBytes)).map((breach) => `${String(shortBytes)} bytes short: ${breach}`));
    }
    recordFaults(
      'disk-too-small',
      {
        target: 'D8',
        what: 'disk too small for the import: refused before byte 1 with the amount, accepted once just that amount was freed',
        count: TOO_SMALL,
        asked: TOO_SMALL,
        failures: failures.length,
        seed: null,
        detail: 'the import asks for its own bytes and a margin of 64 MiB',
      },
      failures,
    );
    expect(failures).toEqual([]);
  }, 900_000);

  async function refusedBy(shortBytes: number): Promise<string[]> {
    const station = await composeStation({ siteDir, devices: 'closed' });
    const filler = join(disk.path, 'filler');
    try {
      const needBytes = blobBytes(site) + ALLOWED_EXTRA_BYTES;
      execFileSync('fallocate', ['-l', String(freeBytes(disk) - needBytes + shortBytes), filler]);
      const volume = await station.services.media.openFolder(site.stick);
      const bundleDigest = volume.set?.bundles[0]?.digest ?? 'sha256:';
      const store = JSON.stringify(await listStore(siteDir));
      const refusal = await station.services.imports
        .start({ volumeId: volume.id, bundleDigest }, station.person)
        .catch((error: unknown) => error);
      if (!(refusal instanceof AppError)) return ['it was not refused'];
      const breaches: string[] = [];
      if (refusal.code !== 'IMPORT_NO_SPACE') breaches.push(`refused as ${refusal.code}`);
      if (JSON.stringify(await listStore(siteDir)) !== store) breaches.push('something was written to the store');
      const missingBytes = Number(refusal.details['missingBytes']);
      if (!(missingBytes > 0)) return [...breaches, `no amount: ${refusal.message}`];
      truncateSync(filler, Math.max(0, statSync(filler).size - missingBytes - ROUNDING_BYTES));
      const view = await finishImport(station, site.stick, systemClock);
      if (view.state !== 'accepted')
        breaches.push(`with the room it ended ${view.state}: ${JSON.stringify(view.error)}`);
      return breaches;
    } finally {
      await station.close();
      rmSync(filler, { force: true });
    }
  }
});

/** The database grows meanwhile, and a file system gives whole blocks. */
const ROUNDING_BYTES = 256 * 1024;

function blobBytes(site: FaultSite): number {
  const folder = join(site.layout, 'blobs', 'sha256');
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function usedBytes({ path }: PowerDisk): number {
  const { blocks, bfree, bsize } = statfsSync(path);
  return (blocks - bfree) * bsize;
}

function freeBytes({ path }: PowerDisk): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
