import { existsSync } from 'node:fs';
import type { ImportView } from '#contracts/media.ts';
import { composeStation, type StationHost } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import type { FaultSite } from './fault-site.ts';
import { finishImport, type Acknowledged } from './finish-import.ts';
import { listStore, tempFiles, tornBlobs, type StoredFiles } from './site-listing.ts';

/** The slowest restart that S10 allows. */
const RESTART_LIMIT_MS = 5000;

/** What a check after a fault found; no breach means that every promise held. */
export interface Recovery {
  readonly restartMs: number;
  readonly breaches: readonly string[];
}

/** An import only moves to the right; `failed` and `waiting-for-media` go back to copying when they are resumed. */
const RANK: Readonly<Record<ImportView['state'], number>> = {
  planned: 0,
  failed: 0,
  'waiting-for-media': 0,
  copying: 0,
  verifying: 1,
  'awaiting-decision': 2,
  refused: 2,
  rejected: 3,
  accepted: 3,
};

/**
 * Starts the station again after a fault and checks what it promised: acknowledged is present, nothing torn is visible, the audit chain
 * holds, no temp file is left, the import ends with equal digests, and one more start changes nothing.
 */
export async function recover(
  site: FaultSite,
  siteDir: string,
  acknowledged: readonly Acknowledged[],
): Promise<Recovery> {
  const breaches: string[] = [];
  const left = await tempFiles(siteDir);
  const startedAt = systemClock.monotonicMs();
  let station = await composeStation({ siteDir, devices: 'closed' });
  const restartMs = systemClock.monotonicMs() - startedAt;
  if (restartMs >= RESTART_LIMIT_MS) breaches.push(`restart took ${restartMs.toFixed(0)} ms`);
  try {
    breaches.push(...lostBy(station, acknowledged), ...unsound(station), ...(await visibleDamage(station, siteDir)));
    // Only those of before: the import may have gone on by itself and be writing its own.
    breaches.push(...left.filter((path) => existsSync(path)).map((path) => `${path} was left behind`));
    const view = await finishImport(station, site.stick, systemClock);
    if (view.state !== 'accepted') breaches.push(`the retry ended ${view.state}: ${JSON.stringify(view.error)}`);
  } finally {
    await station.close();
  }
  const store = await listStore(siteDir);
  breaches.push(...unlike(site, store));

  // What follows an acceptance by itself is written by now; another start must find nothing to do.
  station = await composeStation({ siteDir, devices: 'closed' });
  const { headHash } = station.services.audit.verify();
  await station.close();
  station = await composeStation({ siteDir, devices: 'closed' });
  try {
    const after = station.services.audit.verify();
    if (!after.intact || after.headHash !== headHash) breaches.push('one more start wrote to the record');
    if (JSON.stringify(await listStore(siteDir)) !== JSON.stringify(store))
      breaches.push('one more start changed the store');
  } finally {
    await station.close();
  }
  return { restartMs, breaches };
}

/** The station adds a blob of its own, its summary of the verdict, which is another one each time. */
function unlike(site: FaultSite, store: StoredFiles): string[] {
  const held = new Set(Object.values(store));
  return [
    ...site.blobs.filter((digest) => !held.has(digest)).map((digest) => `${digest} is not in the store`),
    ...tornBlobs(store).map((path) => `${path} is torn`),
    ...Object.keys(store)
      .filter((path) => path.startsWith('partial/'))
      .map((path) => `${path} was left behind`),
  ];
}

function lostBy(station: StationHost, acknowledged: readonly Acknowledged[]): string[] {
  return acknowledged.flatMap((shown) => {
    const now = station.services.imports.list().find(({ id }) => id === shown.importId);
    if (now === undefined) return [`import ${shown.importId} was shown ${shown.state} and is gone`];
    if (RANK[now.state] < RANK[shown.state]) return [`was shown ${shown.state}, is ${now.state}`];
    if (now.copiedBytes < shown.copiedBytes)
      return [`was shown ${String(shown.copiedBytes)} bytes, has ${String(now.copiedBytes)}`];
    return [];
  });
}

function unsound(station: StationHost): string[] {
  const status = station.services.audit.verify();
  return status.intact ? [] : [`the audit chain breaks at ${String(status.firstBadSeq)}`];
}

async function visibleDamage(station: StationHost, siteDir: string): Promise<string[]> {
  const { imports, bundles } = station.services;
  const accepted = imports.list().filter(({ state }) => state === 'accepted');
  const visible = bundles.list();
  return [
    ...(visible.length === accepted.length
      ? []
      : [`${String(visible.length)} bundles are visible, ${String(accepted.length)} accepted`]),
    ...tornBlobs(await listStore(siteDir)).map((path) => `${path} is torn`),
  ];
}
