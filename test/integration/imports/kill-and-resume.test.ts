import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MIB } from '#core/base/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { aFolder, someContent, writeSet } from '../media/folders.ts';
import { openSite, reach, storedDigests, verdictOf } from './site.ts';

const CHILD = fileURLToPath(new URL('./import-child.ts', import.meta.url));
const ROUNDS = 15;
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
  it(`ends with equal digests after ${String(ROUNDS)} kills, re-reading at most 16 MiB each`, async () => {
    const content = someContent(SIZES);
    const stick = await aFolder();
    await writeSet(content, [stick], 50_000_000);
    const folder = await aFolder();
    const readLog = join(await aFolder(), 'reads');
    await writeFile(readLog, '');
    const args = [folder, stick, content.bundle.digest, readLog];

    const readBytes = async (): Promise<number> =>
      (await readFile(readLog, 'utf8')).split('\n').reduce((sum, line) => sum + Number(line), 0);
    let kills = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const fate = await runAndKill(args, 10 + ((round * 7919) % 170));
      if (fate === 'done') break;
      kills += 1;
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
    expect(await readBytes()).toBeLessThanOrEqual(TOTAL + kills * REREAD_LIMIT);
  }, 120_000);

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
