/** S13: what lies on the stick is replaced after it was looked at or checked. The verdict must be over what the station has copied. */
import { appendFile, cp, open, readdir, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isErrorCode } from '#contracts/errors/index.ts';
import type { ImportView } from '#contracts/media.ts';
import { AppError, MIB } from '#core/base/index.ts';
import { composeStation, type StationHost } from '#electron/station-host/compose.ts';
import { systemClock } from '#native/clock/index.ts';
import { aSigningKey } from '#test/support/trust.ts';
import { dice } from './dice.ts';
import { recordFaults, rounds, timeBox } from './fault-results.ts';
import { makeFaultSite, writeStick, type FaultSite } from './fault-site.ts';
import { finishImport } from './finish-import.ts';
import { listStore, tornBlobs } from './site-listing.ts';

const ASKED = 140;
const ROUNDS = rounds(ASKED, 2);
const SEED = 20_261_124;
const SETTLE_MS = 20_000;

const MOMENTS = ['after the check', 'while it is copied', 'while it is verified', 'before the decision'] as const;
type Moment = (typeof MOMENTS)[number];

/** What is put in the place of a part; `roll` says where. */
type Swap = (part: string, roll: (below: number) => number, other: string) => Promise<void>;

const SWAPS: Readonly<Record<string, Swap>> = {
  'one bit in place': async (part, roll) => {
    const file = await open(part, 'r+');
    const at = roll((await file.stat()).size);
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ (1 << roll(8))]), 0, 1, at);
    await file.close();
  },
  'a file of the same size': async (part) => {
    await writeFile(`${part}.new`, randomBytes((await stat(part)).size));
    await rename(`${part}.new`, part);
  },
  'a shorter file': async (part, roll) => truncate(part, roll((await stat(part)).size)),
  'a longer file': (part) => appendFile(part, randomBytes(4096)),
  'no file': (part) => rm(part),
  'a link to a file of the station': async (part) => {
    await rm(part);
    await symlink('/etc/passwd', part);
  },
  'a whole set of another signer': async (part, _roll, other) => {
    const stick = join(part, '..', '..', '..');
    await rm(join(stick, 'gantry'), { recursive: true });
    await cp(other, stick, { recursive: true });
  },
};

describe(`a stick whose content is swapped ${String(ROUNDS)} times (seed ${String(SEED)})`, () => {
  let site: FaultSite;
  let other: string;
  beforeAll(async () => {
    site = await makeFaultSite({ weightBytes: 12 * MIB });
    other = join(site.work, 'other-stick');
    // The same name and version, other content, signed by a key that the site does not know.
    const change = { sequence: 2, title: 'Scale by three' };
    await writeStick(join(site.work, 'other'), { to: other, key: aSigningKey(), change });
  });
  afterAll(() => site.remove());

  it(
    'is never accepted with other bytes than those that were verified',
    async () => {
      const roll = dice(SEED);
      const isOver = timeBox();
      const failures: string[] = [];
      const endings = new Map<string, number>();
      const kinds = Object.entries(SWAPS);
      for (let round = 0; round < ROUNDS && !isOver(); round += 1) {
        const [kind, swap] = kinds[round % kinds.length] ?? ['', SWAPS['no file']];
        const moment = MOMENTS[Math.floor(round / kinds.length + round) % MOMENTS.length] ?? 'after the check';
        if (swap === undefined) throw new Error('invariant: there is a swap');
        const found = await oneSwap(site, { swap: (part) => swap(part, roll, other), moment, delayMs: roll(40) });
        endings.set(found.ending, (endings.get(found.ending) ?? 0) + 1);
        failures.push(...found.breaches.map((breach) => `${kind} ${moment}: ${breach}`));
        const result = {
          target: 'S13',
          what: `content swapped (${kinds.map(([name]) => name).join(', ')}) after a complete check of the stick: ${MOMENTS.join(', ')}`,
          count: round + 1,
          asked: ASKED,
          failures: failures.length,
          seed: SEED,
          detail: [...endings].map(([ending, count]) => `${String(count)} x ${ending}`).join(', '),
        };
        recordFaults('swapped-content', result, failures);
      }
      expect(failures).toEqual([]);
    },
    ROUNDS * 60_000,
  );
});

async function oneSwap(
  site: FaultSite,
  how: { swap: (part: string) => Promise<void>; moment: Moment; delayMs: number },
) {
  const siteDir = join(site.work, 'round');
  const stick = join(site.work, 'round-stick');
  await site.copyTo(siteDir);
  await cp(site.stick, stick, { recursive: true });
  const station = await composeStation({ siteDir, devices: 'closed' });
  try {
    const ended = await importSwapped(station, stick, how);
    const breaches = [...judge(ended, how.moment), ...tornBlobs(await listStore(siteDir))];
    if (station.services.bundles.list().length > 0) breaches.push('something is visible before it was accepted');
    if (typeof ended === 'object' && 'state' in ended && ended.state === 'awaiting-decision')
      await station.services.imports.accept({ importId: ended.id, reason: 'the verdict is positive' }, station.person);
    await rm(stick, { recursive: true });
    await cp(site.stick, stick, { recursive: true });
    const retried = await finishImport(station, stick, systemClock);
    if (retried.state !== 'accepted')
      breaches.push(`the retry ended ${retried.state}: ${JSON.stringify(retried.error)}`);
    const held = new Set(Object.values(await listStore(siteDir)));
    breaches.push(...site.blobs.filter((digest) => !held.has(digest)).map((digest) => `${digest} is missing`));
    return { breaches, ending: endingOf(ended) };
  } finally {
    await station.close();
    await rm(siteDir, { recursive: true });
    await rm(stick, { recursive: true, force: true });
  }
}

/** The import at its rest, or the refusal to begin it. */
async function importSwapped(
  station: StationHost,
  stick: string,
  { swap, moment, delayMs }: { swap: (part: string) => Promise<void>; moment: Moment; delayMs: number },
): Promise<ImportView | AppError> {
  const parts = join(stick, 'gantry', 'parts');
  const part = join(parts, (await readdir(parts)).sort()[0] ?? '');
  const volume = await station.services.media.openFolder(stick);
  await checked(station, volume.id);
  const bundleDigest = volume.set?.bundles[0]?.digest;
  if (bundleDigest === undefined) throw new Error(`no set on ${stick}`);
  if (moment === 'after the check') await swap(part);
  try {
    const { id } = await station.services.imports.start({ volumeId: volume.id, bundleDigest }, station.person);
    if (moment === 'while it is copied') await sleep(delayMs);
    if (moment === 'while it is verified') await reached(station, id, ['verifying']);
    if (moment === 'before the decision') await reached(station, id, []);
    if (moment !== 'after the check') await swap(part);
    return await reached(station, id, []);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The stick is read completely, and found whole. */
async function checked(station: StationHost, volumeId: string): Promise<void> {
  const { jobId } = await station.services.sticks.check({ volumeId }, station.person);
  const deadline = systemClock.monotonicMs() + SETTLE_MS;
  for (;;) {
    const state = station.services.jobs.get(jobId)?.state;
    if (state === 'done') return;
    if (state === 'failed' || systemClock.monotonicMs() > deadline) throw new Error(`the check ended ${String(state)}`);
    await sleep(2);
  }
}

/** Waits until the import rests, or is in one of these states. */
async function reached(station: StationHost, importId: string, states: readonly string[]): Promise<ImportView> {
  const deadline = systemClock.monotonicMs() + SETTLE_MS;
  for (;;) {
    const view = station.services.imports.get(importId);
    const isMoving = ['planned', 'copying', 'verifying'].includes(view.state);
    if (!isMoving || states.includes(view.state) || systemClock.monotonicMs() > deadline) return view;
    await sleep(1);
  }
}

function judge(ended: ImportView | AppError, moment: Moment): string[] {
  if (ended instanceof AppError)
    return isErrorCode(ended.code) && ended.code !== 'INTERNAL' ? [] : [`refused with ${ended.code}`];
  if (ended.state === 'awaiting-decision') return [];
  // From here on, the stick is no longer needed.
  if (moment === 'before the decision') return [`ended ${ended.state}: ${JSON.stringify(ended.error)}`];
  if (ended.error === null && ended.missingParts.length === 0) return [`ended ${ended.state} without a cause`];
  if (ended.error?.code === 'INTERNAL') return [`ended ${ended.state}: ${ended.error.message}`];
  return [];
}

function endingOf(ended: ImportView | AppError): string {
  if (ended instanceof AppError) return `not begun (${ended.code})`;
  return ended.state === 'awaiting-decision'
    ? 'verdict over the true copy'
    : `${ended.state} (${ended.error?.code ?? ''})`;
}
