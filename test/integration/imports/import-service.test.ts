import { execFileSync } from 'node:child_process';
import { cp, mkdir, open, readdir, rename, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImportView } from '#contracts/media.ts';
import { aFolder, listing, someContent, writeSet, type Content } from '../media/folders.ts';
import {
  auditTypes,
  engineer,
  openSite,
  reach,
  storedDigests,
  verdictOf,
  type SiteOptions,
  type TestSite,
} from './site.ts';

const SIZES = [700, 30_000, 900_000, 14_000_000];
const parts = (stick: string) => join(stick, 'gantry/parts');

let site: TestSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function aSite(options: Partial<SiteOptions> = {}): Promise<TestSite> {
  site = await openSite(await aFolder(), { verify: verdictOf('accepted'), ...options });
  return site;
}

async function sticksWith(content: Content, count: number, partBytes = 4_000_000): Promise<string[]> {
  const sticks = await Promise.all(Array.from({ length: count }, () => aFolder()));
  await writeSet(content, sticks, partBytes);
  return sticks;
}

async function begin(station: TestSite, stick: string, content: Content): Promise<ImportView> {
  const volume = await station.media.openFolder(stick);
  return station.imports.start({ volumeId: volume.id, bundleDigest: content.bundle.digest }, engineer);
}

async function flipBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at);
  await file.close();
}

describe('import', () => {
  it('copies, verifies, waits for a person, and keeps what was accepted', async () => {
    const content = someContent(SIZES);
    const [stick = ''] = await sticksWith(content, 1);
    const before = await listing(stick);
    const station = await aSite();

    const { id } = await begin(station, stick, content);
    await reach(station, id, 'awaiting-decision');
    const accepted = await station.imports.accept({ importId: id, reason: 'CR-17' }, engineer);

    expect(accepted).toMatchObject({
      state: 'accepted',
      decidedBy: 'Eva Field',
      decisionReason: 'CR-17',
      copiedBytes: 14_930_700,
      totalBytes: 14_930_700,
    });
    expect(await storedDigests(station)).toEqual([...content.blobs.keys()].sort());
    expect(station.bundles.require(content.bundle.digest)).toMatchObject({ acceptedBy: 'Eva Field', importId: id });
    expect(auditTypes(station, id)).toEqual([
      'import.planned',
      'import.copying',
      'import.verifying',
      'import.verdict-given',
      'import.accepted',
    ]);
    expect(await listing(stick)).toEqual(before);
  });

  it('tells space, parts and bytes before it starts', async () => {
    const content = someContent(SIZES);
    const [first = '', second = ''] = await sticksWith(content, 2);
    const station = await aSite();
    const volume = await station.media.openFolder(first);

    const plan = await station.imports.plan({ volumeId: volume.id, bundleDigest: content.bundle.digest });
    await station.media.openFolder(second);
    const both = await station.imports.plan({ volumeId: volume.id, bundleDigest: content.bundle.digest });

    expect(plan).toMatchObject({ totalBytes: 14_930_700, needBytes: 14_930_700, alreadyHereBytes: 0 });
    expect(plan.parts.map((part) => part.present)).toEqual([true, true, false, false]);
    expect(both.parts.every((part) => part.present)).toBe(true);
  });

  it('takes the sticks of a set in any order, and names the part and stick that are missing', async () => {
    const content = someContent(SIZES);
    const [first = '', second = '', third = ''] = await sticksWith(content, 3, 2_000_000);
    const station = await aSite();

    const { id } = await begin(station, third, content);
    const waiting = await reach(station, id, 'waiting-for-media');
    expect(waiting.error).toMatchObject({ code: 'MEDIA_PART_MISSING', details: { stick: 1 } });
    expect(waiting.missingParts).toEqual([
      'part-0001.bin',
      'part-0002.bin',
      'part-0003.bin',
      'part-0004.bin',
      'part-0005.bin',
      'part-0006.bin',
    ]);
    expect(await storedDigests(station)).toEqual([]);
    await station.media.openFolder(first);
    await expect.poll(() => station.imports.get(id).missingParts.length, { timeout: 5000 }).toBe(3);
    await station.media.openFolder(second);
    await reach(station, id, 'awaiting-decision');

    expect(await storedDigests(station)).toEqual([...content.blobs.keys()].sort());
  });

  describe('when the verdict is negative', () => {
    it('leaves the store as it was and says why', async () => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      const station = await aSite({ verify: verdictOf('refused') });

      const { id } = await begin(station, stick, content);
      const refused = await reach(station, id, 'refused');
      await expect.poll(() => storedDigests(station)).toEqual([]);

      expect(refused.error?.code).toBe('BUNDLE_UNSIGNED');
      expect(auditTypes(station, id).at(-1)).toBe('import.verdict-given');
      await expect(station.imports.accept({ importId: id, reason: '' }, engineer)).rejects.toMatchObject({
        code: 'IMPORT_REFUSED',
      });
    });

    it('keeps blobs that an accepted bundle shares', async () => {
      const shared = someContent(SIZES);
      const more = someContent([...SIZES, 2_000]);
      const other = {
        ...more,
        bundle: { ...more.bundle, digest: more.bundle.blobs.at(-1)?.digest ?? more.bundle.digest },
      };
      const [stick = ''] = await sticksWith(shared, 1);
      const [otherStick = ''] = await sticksWith(other, 1);
      let outcome: 'accepted' | 'refused' = 'accepted';
      const station = await aSite({
        verify: async (input) => {
          const result = await verdictOf(outcome)(input);
          return result.facts === null
            ? result
            : {
                ...result,
                facts: {
                  ...result.facts,
                  closure: shared.bundle.blobs.map(({ digest, sizeBytes, mediaType }) => ({
                    digest,
                    size: sizeBytes,
                    mediaType,
                  })),
                },
              };
        },
      });
      const first = await begin(station, stick, shared);
      await reach(station, first.id, 'awaiting-decision');
      await station.imports.accept({ importId: first.id, reason: 'ok' }, engineer);
      outcome = 'refused';

      const second = await begin(station, otherStick, other);
      await reach(station, second.id, 'refused');

      await expect.poll(() => storedDigests(station)).toEqual([...shared.blobs.keys()].sort());
    });
  });

  it('gives everything back when a person rejects', async () => {
    const content = someContent(SIZES);
    const [stick = ''] = await sticksWith(content, 1);
    const station = await aSite();
    const { id } = await begin(station, stick, content);
    await reach(station, id, 'awaiting-decision');

    await station.imports.reject({ importId: id, reason: 'wrong line' }, engineer);

    expect(await storedDigests(station)).toEqual([]);
    await expect(station.imports.accept({ importId: id, reason: '' }, engineer)).rejects.toMatchObject({
      code: 'IMPORT_NOT_DECIDABLE',
    });
  });

  describe('when a part is damaged', () => {
    const faults: [string, (stick: string) => Promise<void>, RegExp][] = [
      [
        'one bit flipped',
        (stick) => flipBit(join(parts(stick), 'part-0002.bin'), 1_234_567),
        /part-0002\.bin \(stick 1\) bytes 0 to 3999999/,
      ],
      [
        'truncated',
        (stick) => truncate(join(parts(stick), 'part-0003.bin'), 5),
        /part-0003\.bin \(stick 1\) from byte 5/,
      ],
      [
        'swapped for another part',
        (stick) => cp(join(parts(stick), 'part-0001.bin'), join(parts(stick), 'part-0003.bin')),
        /part-0003\.bin \(stick 1\)/,
      ],
    ];
    it.each(faults)('names part, stick and bytes, and stores nothing: %s', async (_, spoil, place) => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      await spoil(stick);
      const station = await aSite();

      const { id } = await begin(station, stick, content);
      const failed = await reach(station, id, 'failed');

      expect(failed.error).toMatchObject({
        code: 'MEDIA_PART_DAMAGED',
        message: expect.stringMatching(place) as string,
      });
      expect(await storedDigests(station)).toEqual([]);
      expect(auditTypes(station, id).at(-1)).toBe('import.failed');
    });

    it('takes the good copy when two sticks carry the part', async () => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      const copy = await aFolder();
      await cp(stick, copy, { recursive: true });
      await flipBit(join(parts(stick), 'part-0002.bin'), 99);
      const station = await aSite();
      await station.media.openFolder(copy);

      const { id } = await begin(station, stick, content);

      await reach(station, id, 'awaiting-decision');
    });

    it('goes on with the rest after the part was written again', async () => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      await flipBit(join(parts(stick), 'part-0002.bin'), 99);
      const station = await aSite();
      const { id } = await begin(station, stick, content);
      await reach(station, id, 'failed');
      await flipBit(join(parts(stick), 'part-0002.bin'), 99);

      await station.imports.resume(id, engineer);

      await reach(station, id, 'awaiting-decision');
    });
  });

  it('follows no link in place of a part', async () => {
    const content = someContent(SIZES);
    const [stick = ''] = await sticksWith(content, 1);
    const outside = await aFolder();
    await rename(join(parts(stick), 'part-0002.bin'), join(outside, 'secret'));
    await symlink(join(outside, 'secret'), join(parts(stick), 'part-0002.bin'));
    const station = await aSite();

    const { id } = await begin(station, stick, content);
    const failed = await reach(station, id, 'failed');

    expect(failed.error).toMatchObject({
      code: 'BUNDLE_LINK_REFUSED',
      message: expect.stringContaining('part-0002.bin (stick 1)') as string,
    });
    expect(await storedDigests(station)).toEqual([]);
  });

  it.each(['removed', 'renamed'])('waits and names the part that was %s', async (fault) => {
    const content = someContent(SIZES);
    const [stick = ''] = await sticksWith(content, 1);
    const part = join(parts(stick), 'part-0003.bin');
    if (fault === 'removed') await rm(part);
    if (fault === 'renamed') await rename(part, join(parts(stick), 'part-9999.bin'));
    const station = await aSite();

    const { id } = await begin(station, stick, content);
    const waiting = await reach(station, id, 'waiting-for-media');

    expect(waiting).toMatchObject({ missingParts: ['part-0003.bin'], error: { code: 'MEDIA_PART_MISSING' } });
    expect(await storedDigests(station)).toEqual([]);
  });

  describe('when the stick is pulled', () => {
    it('shows it, and goes on by itself when the stick is back', async () => {
      const content = someContent([700, 40_000_000]);
      const [stick = ''] = await sticksWith(content, 1, 40_000_000);
      const pulled = `${stick}-pulled`;
      let blocksLeft = 3;
      const station = await aSite({
        // The stick vanishes in the middle of the copy: at this block its folder is gone.
        wrapMedia: (access) => ({
          ...access,
          reader: (volume) => {
            const reader = access.reader(volume);
            return {
              ...reader,
              async openFile(path) {
                const file = await reader.openFile(path);
                return {
                  ...file,
                  async readInto(start, into, signal) {
                    await file.readInto(start, into, signal);
                    blocksLeft -= 1;
                    if (blocksLeft === 0) await rename(stick, pulled);
                  },
                };
              },
            };
          },
        }),
      });
      const { id } = await begin(station, stick, content);

      const waiting = await reach(station, id, 'waiting-for-media');
      expect(waiting.error?.code).toBe('MEDIA_GONE');
      expect(waiting.copiedBytes).toBeGreaterThan(0);
      await expect.poll(async () => (await station.media.volumes()).length).toBe(1);
      await expect.poll(() => station.jobs.get(waiting.jobId ?? '')?.state).toBe('blocked');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      await rename(pulled, stick);

      await reach(station, id, 'awaiting-decision');
    });
  });

  describe('when the station has no room', () => {
    it('says how much is missing before it copies a byte', async () => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      const station = await aSite({
        wrapBlobs: (blobs) => ({ ...blobs, freeBytes: () => Promise.resolve(10_000_000) }),
      });

      await expect(begin(station, stick, content)).rejects.toMatchObject({
        code: 'IMPORT_NO_SPACE',
        details: { needBytes: 14_930_700, freeBytes: 10_000_000 },
      });

      expect(station.imports.list()).toEqual([]);
      expect(await readdir(parts(stick))).toHaveLength(4);
    });

    it('says which file the store cannot hold before it copies a byte', async () => {
      const content = someContent(SIZES);
      const [stick = ''] = await sticksWith(content, 1);
      const limits = { freeBytes: null, freeFiles: null, largestFileBytes: 1_000_000, blockBytes: 1 };
      const station = await aSite({ wrapBlobs: (blobs) => ({ ...blobs, limits: () => Promise.resolve(limits) }) });

      await expect(begin(station, stick, content)).rejects.toMatchObject({ code: 'IMPORT_STORE_LIMIT' });

      expect(station.imports.list()).toEqual([]);
    });

    it.skipIf(process.getuid?.() !== 0)(
      'fails by name when the disk fills up on the way, and ends well after room was made (needs root for a small tmpfs)',
      async () => {
        const content = someContent(SIZES);
        const [stick = ''] = await sticksWith(content, 1);
        const folder = await aFolder();
        await mkdir(join(folder, 'store'));
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'gantry-test', join(folder, 'store')]);
        try {
          const lying = {
            verify: verdictOf('accepted'),
            wrapBlobs: (blobs: TestSite['blobs']) => ({ ...blobs, freeBytes: () => Promise.resolve(1e12) }),
          };
          site = await openSite(folder, lying);
          const { id } = await begin(site, stick, content);

          const failed = await reach(site, id, 'failed');
          expect(failed.error?.code).toBe('IMPORT_NO_SPACE');
          expect(await storedDigests(site)).toEqual([]);
          execFileSync('mount', ['-o', 'remount,size=64m', join(folder, 'store')]);
          await site.imports.resume(id, engineer);
          await reach(site, id, 'awaiting-decision');
        } finally {
          await site?.close();
          site = undefined;
          execFileSync('umount', [join(folder, 'store')]);
        }
      },
    );
  });

  it('asking twice for the same bundle is one import', async () => {
    const content = someContent(SIZES);
    const [stick = ''] = await sticksWith(content, 1);
    const station = await aSite();

    const [one, two] = [await begin(station, stick, content), await begin(station, stick, content)];

    expect(two.id).toBe(one.id);
    await reach(station, one.id, 'awaiting-decision');
  });
});
