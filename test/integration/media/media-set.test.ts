import { cp, mkdir, open, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMediaSet, type MediaCheck } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { writeMediaSet } from '#native/media/index.ts';
import { aFolder, aTarget, countingIds, fixedClock, listing, someContent, writeSet } from './folders.ts';

const SIZES = [900, 40_000, 700_000, 9_000_000];
const parts = (folder: string) => join(folder, 'gantry/parts');
/** The sets of these tests are not signed; what a signature adds is told in media-set-proof.test.ts. */
async function check(...folders: string[]): Promise<MediaCheck> {
  const result = await checkMediaSet(
    folders.map((folder) => ({ name: folder, reader: aTarget(folder).reader })),
    { hasher: nodeHasher },
  );
  expect(result.findings.every(({ code }) => code !== 'MEDIA_INDEX_SIGNATURE_INVALID')).toBe(true);
  return { ...result, findings: result.findings.filter(({ code }) => code !== 'MEDIA_INDEX_UNSIGNED') };
}

async function aWrittenSet(partBytes = 4_000_000) {
  const folder = await aFolder();
  const content = someContent(SIZES);
  const set = await writeSet(content, [folder], partBytes);
  return { folder, content, set };
}

describe('media set', () => {
  it('is whole after writing, on one stick and on three', async () => {
    const { folder } = await aWrittenSet();
    const sticks = [await aFolder(), await aFolder(), await aFolder()];
    await writeSet(someContent(SIZES), sticks, 1_000_000_000);

    expect((await check(folder)).findings).toEqual([]);
    expect(await check(...[...sticks].reverse())).toMatchObject({
      findings: [],
      checkedBytes: SIZES.reduce((a, b) => a + b),
    });
    for (const stick of sticks) expect((await readdir(parts(stick))).length).toBe(1);
  });

  it('has the same bytes whenever it is written from the same bundles', async () => {
    const [a, b] = [await aWrittenSet(), await aWrittenSet()];

    expect(await listing(a.folder)).toEqual(await listing(b.folder));
  });

  it('goes on where an interrupted write stopped', async () => {
    const whole = await aWrittenSet();
    const folder = await aFolder();
    await mkdir(parts(folder), { recursive: true });
    await cp(join(parts(whole.folder), 'part-0001.bin'), join(parts(folder), 'part-0001.bin'));
    await writeFile(join(parts(folder), '.part-0002.bin.gantry-partial'), 'torn');

    await writeSet(whole.content, [folder], 4_000_000);

    expect(await listing(folder)).toEqual(await listing(whole.folder));
  });

  it('is refused before the first byte when the stick is too small, with the amount', async () => {
    const folder = await aFolder();
    const content = someContent(SIZES);
    const write = (limits: Parameters<typeof aTarget>[1]) =>
      writeMediaSet({
        bundles: [content.bundle],
        blobs: content.reader,
        targets: [aTarget(folder, limits)],
        partBytes: 4_000_000,
        clock: fixedClock,
        ids: countingIds(),
      });

    await expect(write({ freeBytes: 9_000_000 })).rejects.toMatchObject({ code: 'MEDIA_TARGET_TOO_SMALL' });
    await expect(write({ freeFiles: 2 })).rejects.toMatchObject({
      code: 'MEDIA_TARGET_TOO_SMALL',
      details: { needFiles: 4, freeFiles: 2 },
    });
    expect(await listing(folder)).toEqual({});

    const set = await write({ largestFileBytes: 2_000_000, freeBytes: 20_000_000 });
    expect(Math.max(...set.parts.map((part) => part.sizeBytes))).toBe(2_000_000);
  });

  it('counts what an interrupted write left as room', async () => {
    const whole = await aWrittenSet();
    const folder = await aFolder();
    await mkdir(parts(folder), { recursive: true });
    await cp(parts(whole.folder), parts(folder), { recursive: true });

    const set = await writeMediaSet({
      bundles: [whole.content.bundle],
      blobs: whole.content.reader,
      targets: [aTarget(folder, { freeBytes: 1_500_000 })],
      partBytes: 4_000_000,
      clock: fixedClock,
      ids: countingIds(),
    });

    expect(set.parts.map((part) => part.sizeBytes)).toEqual(whole.set.parts.map((part) => part.sizeBytes));
  });

  it('is not written over another set', async () => {
    const { folder } = await aWrittenSet();
    const before = await listing(folder);

    await expect(writeSet(someContent([5000]), [folder], 1_000_000)).rejects.toMatchObject({ code: 'MEDIA_NOT_EMPTY' });

    expect(await listing(folder)).toEqual(before);
  });

  describe('when one bit is flipped', () => {
    it('names the part, the stick and a byte range that holds the bit, for 40 places', async () => {
      const { folder, set } = await aWrittenSet();
      for (let round = 0; round < 40; round += 1) {
        const part = set.parts[round % set.parts.length];
        if (part === undefined) continue;
        const at = (round * 2_654_435_761) % part.sizeBytes;
        await flipBit(join(parts(folder), part.name), at);

        const { findings } = await check(folder);

        const [finding] = findings;
        const [, name, from, to] = /^(\S+) \(stick 1\) bytes (\d+) to (\d+)$/.exec(finding?.at ?? '') ?? [];
        expect([findings.length, finding?.code, name]).toEqual([1, 'MEDIA_PART_DAMAGED', part.name]);
        expect(Number(from) <= at && at <= Number(to)).toBe(true);
        await flipBit(join(parts(folder), part.name), at);
      }
      expect((await check(folder)).findings).toEqual([]);
    });
  });

  const faults: [string, (folder: string) => Promise<void>, string[]][] = [
    ['removed', (folder) => rm(join(parts(folder), 'part-0002.bin')), ['MEDIA_PART_MISSING']],
    [
      'renamed',
      (folder) => rename(join(parts(folder), 'part-0002.bin'), join(parts(folder), 'part-9.bin')),
      ['MEDIA_UNKNOWN_FILES', 'MEDIA_PART_MISSING'],
    ],
    ['truncated', (folder) => truncate(join(parts(folder), 'part-0002.bin'), 1000), ['MEDIA_PART_DAMAGED']],
    [
      'swapped with another',
      (folder) => cp(join(parts(folder), 'part-0001.bin'), join(parts(folder), 'part-0002.bin')),
      ['MEDIA_PART_DAMAGED'],
    ],
    [
      'replaced by a link',
      async (folder) => {
        await rename(join(parts(folder), 'part-0002.bin'), join(folder, 'elsewhere'));
        await symlink(join(folder, 'elsewhere'), join(parts(folder), 'part-0002.bin'));
      },
      ['BUNDLE_LINK_REFUSED'],
    ],
  ];
  it.each(faults)('names the part that was %s', async (_, spoil, codes) => {
    const { folder } = await aWrittenSet();
    await spoil(folder);

    const { findings } = await check(folder);

    expect([...new Set(findings.map((finding) => finding.code))]).toEqual(codes);
    expect(
      findings.some((finding) => finding.at.startsWith('part-0002.bin (stick 1)') || finding.at === 'part-0002.bin'),
    ).toBe(true);
  });

  it('lists a duplicate and other unknown files, and stays whole', async () => {
    const { folder } = await aWrittenSet();
    await cp(join(parts(folder), 'part-0001.bin'), join(parts(folder), 'part-0001 (1).bin'));
    await writeFile(join(folder, 'gantry', 'autorun\u202E.inf'), 'x');

    const { findings } = await check(folder);

    expect(findings).toEqual([expect.objectContaining({ code: 'MEDIA_UNKNOWN_FILES', severity: 'info' })]);
    expect(findings[0]?.message).toContain('autorun\\u{202E}.inf');
  });

  it('names a stick of another set', async () => {
    const sticks = [await aFolder(), await aFolder()];
    await writeSet(someContent(SIZES), sticks, 8_000_000);
    const other = await aWrittenSet();

    const { findings } = await check(sticks[0] ?? '', other.folder);

    expect(findings.map((finding) => finding.code)).toEqual(
      expect.arrayContaining(['MEDIA_STICKS_DISAGREE', 'MEDIA_PART_MISSING']),
    );
  });

  it('refuses an index above the limit without reading it', async () => {
    const { folder } = await aWrittenSet();
    await truncate(join(folder, 'gantry/media-set.json'), 65 * 1024 * 1024);

    expect((await check(folder)).findings.map((finding) => finding.code)).toEqual(['INPUT_TOO_LARGE']);
  });
});

async function flipBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.of(byte[0] === undefined ? 0 : byte[0] ^ 1), 0, 1, at);
  await file.close();
}
