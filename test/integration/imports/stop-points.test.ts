/** Target D2: an import that is stopped at any byte goes on by itself, or with one call, and ends with equal digests. */
import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MIB } from '#core/base/index.ts';
import type { Volume, VolumeReader } from '#core/media/ports.ts';
import type { nodeMediaAccess } from '#native/media/index.ts';
import { aFolder, listing, someContent, writeSet, type Content } from '../media/folders.ts';
import { engineer, openSite, reach, storedDigests, verdictOf, type TestSite } from './site.ts';

const SEED = 20_260_302;
/** With the kills of kill-and-resume.test.ts, 300 in the full run. */
const STOPS = process.env['GANTRY_FAULTS'] === 'full' ? 200 : 9;
const SIZES = [700, 90_000, 3_000_000, 17_000_000];
const TOTAL = SIZES.reduce((a, b) => a + b);
const REREAD_LIMIT = 16 * MIB;
const KINDS = ['yank', 'other stick first', 'station stopped'] as const;

function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** Counts what is read of parts, and tells when a given number of bytes went by. */
class ReadMeter {
  bytes = 0;
  #stopAt = Number.POSITIVE_INFINITY;
  #onStop: () => Promise<void> = () => Promise.resolve();

  stopAt(bytes: number, onStop: () => Promise<void>): void {
    this.#stopAt = this.bytes + bytes;
    this.#onStop = onStop;
  }

  readonly wrap = (access: typeof nodeMediaAccess): typeof nodeMediaAccess => ({
    ...access,
    reader: (volume: Volume): VolumeReader => {
      const reader = access.reader(volume);
      return {
        ...reader,
        openFile: async (path) => {
          const file = await reader.openFile(path);
          return {
            ...file,
            readInto: async (start, into, signal) => {
              await file.readInto(start, into, signal);
              this.bytes += into.length;
              if (this.bytes < this.#stopAt) return;
              this.#stopAt = Number.POSITIVE_INFINITY;
              await this.#onStop();
              // The next read finds what the stop left.
              await file.readInto(start, into, signal);
            },
          };
        },
      };
    },
  });
}

async function aRound(kind: (typeof KINDS)[number], stopAfter: number, content: Content, sticks: readonly string[]) {
  const folder = await aFolder();
  const meter = new ReadMeter();
  const options = { verify: verdictOf('accepted'), wrapMedia: meter.wrap };
  let site: TestSite = await openSite(folder, options);
  const progress: number[] = [];
  try {
    const [first = '', second = ''] = kind === 'other stick first' ? sticks.toReversed() : sticks;
    const volume = await site.media.openFolder(first);
    let closing: Promise<void> | undefined;
    meter.stopAt(stopAfter, async () => {
      if (kind === 'station stopped') closing = site.close();
      else await rename(first, `${first}-away`);
    });
    const { id } = await site.imports.start({ volumeId: volume.id, bundleDigest: content.bundle.digest }, engineer);
    if (kind === 'station stopped') {
      await expect.poll(() => closing !== undefined, { timeout: 20_000 }).toBe(true);
      await closing;
      site = await openSite(folder, options);
      await site.media.openFolder(first);
    } else {
      const waiting = await reach(site, id, 'waiting-for-media');
      progress.push(waiting.copiedBytes);
      await rename(`${first}-away`, first);
    }
    await site.media.openFolder(second);
    await reach(site, id, 'awaiting-decision');
    progress.push(site.imports.get(id).copiedBytes);
    const copied = site.store.events
      .read(0, 10_000, { subject: id })
      .flatMap(({ payload }) => (typeof payload['copiedBytes'] === 'number' ? [payload['copiedBytes']] : []));
    return { digests: await storedDigests(site), readBytes: meter.bytes, copied, progress };
  } finally {
    await site.close();
  }
}

describe(`import stopped at ${String(STOPS)} random bytes (seed ${String(SEED)})`, () => {
  it(
    'ends with equal digests, reads at most 16 MiB again, and never runs backwards',
    async () => {
      const content = someContent(SIZES);
      const sticks = [await aFolder(), await aFolder()];
      await writeSet(content, sticks, 9_000_000);
      const before = await Promise.all(sticks.map(listing));
      const roll = dice(SEED);
      for (let round = 0; round < STOPS; round += 1) {
        const kind = KINDS[round % KINDS.length] ?? 'yank';
        // Within the first stick, which carries half of it.
        const stopAfter = 1 + roll(Math.floor(TOTAL / 2) - MIB);
        const where = `round ${String(round)}: ${kind} after ${String(stopAfter)} bytes`;

        const { digests, readBytes, copied, progress } = await aRound(kind, stopAfter, content, sticks);

        expect(digests, where).toEqual([...content.blobs.keys()].sort());
        expect(readBytes, where).toBeLessThanOrEqual(TOTAL + REREAD_LIMIT);
        expect(copied, where).toEqual([...copied].sort((a, b) => a - b));
        expect(progress, where).toEqual([...progress].sort((a, b) => a - b));
      }
      expect(await Promise.all(sticks.map(listing))).toEqual(before);
    },
    STOPS * 20_000,
  );
});
