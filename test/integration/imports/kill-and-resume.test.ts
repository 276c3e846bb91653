import { spawn } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MIB } from '#core/base/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { aFolder, someContent, writeSet } from '../media/folders.ts';
import { openSite, reach, storedDigests, verdictOf } from './site.ts';

const CHILD = fileURLToPath(new URL('./import-child.ts', import.meta.url));
/** With the stops of stop-points.test.ts, 300 in the full run. */
const ROUNDS = process.env['GANTRY_FAULTS'] === 'full' ? 100 : 15;
const SIZES = [700, 90_000, 3_000_000, 120_000_000];
const TOTAL = SIZES.reduce((a, b) => a + b);
const REREAD_LIMIT = 16 * MIB;

/** Runs the child and kills it `afterMs` after it began to import; tells whether it had ended before. */
async function runAndKill(args: readonly string[], afterMs: number): Promise<'killed' | 'done'> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  const started = new Promise<void>((resolve) => {
    child.stdout.once('data', () => {
      resolve();
    });
  });
  await Promise.race([started, ended]);
  const killer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const code = await ended;
  clearTimeout(killer);
  if (code !== null && code !== 0) throw new Error(`child ended with ${String(code)}`);
  return code === 0 ? 'done' : 'killed';
}

describe('import after a kill', () => {
  it(
    `ends with equal digests after ${String(ROUNDS)} kills, re-reading at most 16 MiB each`,
    async () => {
      const content = someContent(SIZES);
      const stick = await aFolder();
      await writeSet(content, [stick], 50_000_000);
      let folder = await aFolder();
      let imports = 1;
      const readLog = join(await aFolder(), 'reads');
      await writeFile(readLog, '');

      const readBytes = async (): Promise<number> =>
        (await readFile(readLog, 'utf8')).split('\n').reduce((sum, line) => sum + Number(line), 0);
      let kills = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const fate = await runAndKill([folder, stick, content.bundle.digest, readLog], 10 + ((round * 7919) % 170));
        if (fate === 'killed') kills += 1;
        else if (kills > 5 && ROUNDS === 15) break;
        else {
          folder = await aFolder();
          imports += 1;
        }
      }

      const site = await openSite(folder, { verify: verdictOf('accepted') });
      try {
        const [view] = site.imports.list();
        const copied = site.store.events
          .read(0, 10_000, { type: 'import.copying' })
          .map((record) => Number(record.payload['copiedBytes']));
        expect(copied).toEqual([...copied].sort((a, b) => a - b));
        await reach(site, view?.id ?? '', 'awaiting-decision');
        expect(await storedDigests(site)).toEqual([...content.blobs.keys()].sort());
        for (const [digest, bytes] of content.blobs)
          expect(Buffer.compare(await site.blobs.read(digest, bytes.length), bytes)).toBe(0);
      } finally {
        await site.close();
      }
      // Without resume, this many kills would have read a multiple of the whole set.
      expect(kills).toBeGreaterThan(5);
      expect(await readBytes()).toBeLessThanOrEqual(imports * TOTAL + kills * REREAD_LIMIT);
    },
    ROUNDS * 8_000,
  );

  it('takes at most 64 MiB of disk beside what it stores (D8)', async () => {
    const content = someContent(SIZES);
    const stick = await aFolder();
    await writeSet(content, [stick], 50_000_000);
    const folder = await aFolder();
    const site = await openSite(folder, { verify: verdictOf('accepted') });
    let peak = 0;
    const stop = new AbortController();
    const measuring = (async () => {
      while (!stop.signal.aborted) {
        peak = Math.max(peak, await bytesBelow(folder));
        await systemClock.sleep(20);
      }
    })();
    try {
      const volume = await site.media.openFolder(stick);
      const person = { id: 'eva', name: 'Eva', role: 'operator' } as const;
      const { id } = await site.imports.start({ volumeId: volume.id, bundleDigest: content.bundle.digest }, person);
      await reach(site, id, 'awaiting-decision');
    } finally {
      stop.abort();
      await measuring;
      await site.close();
    }

    expect(peak).toBeGreaterThan(TOTAL * 0.9);
    expect(peak).toBeLessThanOrEqual(TOTAL + 64 * MIB);
  }, 60_000);

  it('forgets partial content when the import is rejected', async () => {
    const content = someContent([5_000, 9_000_000]);
    const sticks = [await aFolder(), await aFolder()];
    await writeSet(content, sticks, 50_000_000);
    const folder = await aFolder();
    const site = await openSite(folder, { verify: verdictOf('accepted') });
    const volume = await site.media.openFolder(sticks[0] ?? '');
    const { id } = await site.imports.start(
      { volumeId: volume.id, bundleDigest: content.bundle.digest },
      { id: 'eva', name: 'Eva', role: 'operator' },
    );
    await reach(site, id, 'waiting-for-media');
    await systemClock.sleep(50);

    await site.imports.reject(
      { importId: id, reason: 'the second stick is lost' },
      { id: 'eva', name: 'Eva', role: 'operator' },
    );

    await site.close();
    const store = await folderBlobStore(join(folder, 'store'));
    for (const [digest, bytes] of content.blobs) {
      const partial = await store.openPartial(digest, bytes.length);
      expect(partial.received).toEqual([]);
      await partial.close();
    }
    await rm(folder, { recursive: true });
  });
});

/** Disk that the files below a folder take; a file that goes meanwhile counts nothing. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found?.isFile() === true) bytes += found.blocks * 512;
  }
  return bytes;
}
