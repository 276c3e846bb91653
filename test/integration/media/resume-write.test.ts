import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MEDIA_PATHS, type MediaSet } from '#contracts/media.ts';
import { AppError } from '#core/base/index.ts';
import { checkMediaSet } from '#core/media/index.ts';
import { createAgeIdentity, openAge, sealAge } from '#native/age/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { folderVolume, makeTargetFolder, writeMediaSet, type MediaTarget } from '#native/media/index.ts';
import { aFolder, aTarget, countingIds, fixedClock, listing, someContent, type Content } from './folders.ts';

const isRoot = process.getuid?.() === 0;
const code = (name: string): unknown => expect.objectContaining({ code: name });
const part = (name: string): string => `${MEDIA_PATHS.parts}/${name}`;

interface Write {
  readonly partBytes?: number;
  readonly recipient?: string;
  /** Cuts the write when so many bytes of blobs were given. */
  readonly stopAfterBytes?: number;
}

function write(
  content: Content,
  targets: readonly MediaTarget[],
  { partBytes, recipient, stopAfterBytes }: Write = {},
) {
  let given = 0;
  return writeMediaSet({
    bundles: [content.bundle],
    blobs: {
      ...content.reader,
      async *stream(digest, range) {
        for await (const block of content.reader.stream(digest, range)) {
          given += block.length;
          if (stopAfterBytes !== undefined && given > stopAfterBytes)
            throw new AppError('BUNDLE_BLOB_MISSING', 'stopped on purpose');
          yield block;
        }
      },
    },
    targets,
    partBytes: partBytes ?? 1_000_000,
    ...(recipient === undefined
      ? {}
      : { seal: { recipients: [recipient], seal: (from) => sealAge(from, { recipients: [recipient] }) } }),
    clock: fixedClock,
    ids: countingIds(),
  });
}

/** A target that tells which files were written to it. */
function watched(target: MediaTarget): { target: MediaTarget; written: string[] } {
  const written: string[] = [];
  const { writer } = target;
  return {
    written,
    target: {
      ...target,
      writer: {
        ...writer,
        async writeFile(path, ...rest) {
          written.push(path);
          await writer.writeFile(path, ...rest);
        },
      },
    },
  };
}

const isWhole = async (folder: string): Promise<boolean> => {
  const { findings } = await checkMediaSet([{ name: folder, reader: aTarget(folder).reader }], { hasher: nodeHasher });
  return findings.every(({ severity }) => severity !== 'block');
};

describe('a media set whose writing was interrupted', () => {
  it('writes no part a second time that stands: the stick has no room for it twice', async () => {
    const content = someContent([3_500_000]);
    const folder = await aFolder();
    await expect(write(content, [aTarget(folder)], { stopAfterBytes: 2_500_000 })).rejects.toThrow('on purpose');

    const again = watched(aTarget(folder));
    await write(content, [again.target]);

    expect(again.written.filter((path) => path.endsWith('.bin'))).toEqual([
      part('part-0003.bin'),
      part('part-0004.bin'),
    ]);
    expect(await isWhole(folder)).toBe(true);
    expect((await readdir(join(folder, MEDIA_PATHS.parts))).sort()).toHaveLength(4);
  });

  it('keeps its cuts, although the room on the sticks is another one now', async () => {
    const content = someContent([3_000_000]);
    const [one, two] = [await aFolder(), await aFolder()];
    const targets = (room: number) => [aTarget(one, { freeBytes: room }), aTarget(two)];
    const stopped = write(content, targets(2_400_000), { partBytes: 4_000_000, stopAfterBytes: 2_000_000 });
    await expect(stopped).rejects.toThrow('on purpose');
    const before = await readFile(join(one, part('part-0001.bin')));

    const set = await write(content, targets(1_100_000), { partBytes: 4_000_000 });

    expect(set.parts[0]).toMatchObject({ stick: 1, sizeBytes: before.length });
    expect((await readFile(join(one, part('part-0001.bin')))).equals(before)).toBe(true);
  });

  it('names parts of another write before it writes anything', async () => {
    const content = someContent([3_500_000]);
    const folder = await aFolder();
    await expect(write(content, [aTarget(folder)], { stopAfterBytes: 2_500_000 })).rejects.toThrow('on purpose');
    const before = await listing(folder);

    await expect(write(content, [aTarget(folder)], { partBytes: 900_000 })).rejects.toEqual(code('MEDIA_NOT_EMPTY'));

    const parts = (files: Record<string, string>) => Object.entries(files).filter(([name]) => name.endsWith('.bin'));
    expect(parts(await listing(folder))).toEqual(parts(before));
  });

  it('is told from a stick without a set by whoever checks it', async () => {
    const folder = await aFolder();
    await expect(write(someContent([3_500_000]), [aTarget(folder)], { stopAfterBytes: 2_500_000 })).rejects.toThrow(
      'on purpose',
    );

    const { findings } = await checkMediaSet([{ name: folder, reader: aTarget(folder).reader }], {
      hasher: nodeHasher,
    });

    expect(findings.map(({ code: found }) => found)).toEqual(['MEDIA_NO_SET']);
    expect(findings[0]?.next).toContain('Repeat the command');
  });

  describe('when it is encrypted', () => {
    async function interrupted(content: Content) {
      const { identity, recipient } = await createAgeIdentity();
      const folder = await aFolder();
      const stopped = write(content, [aTarget(folder)], { recipient, stopAfterBytes: 2_500_000 });
      await expect(stopped).rejects.toThrow('on purpose');
      return { identity, recipient, folder };
    }

    async function opened(folder: string, set: MediaSet, identity: string): Promise<Buffer> {
      const blocks: Uint8Array[] = [];
      for (const { name } of set.parts) {
        const sealed = await readFile(join(folder, part(name)));
        for await (const block of openAge([sealed], { identity })) blocks.push(block);
      }
      return Buffer.concat(blocks);
    }

    it('keeps the encrypted parts that stand, and opens to the content', async () => {
      const content = someContent([3_500_000]);
      const { folder, identity, recipient } = await interrupted(content);
      const before = await readFile(join(folder, part('part-0002.bin')));

      const set = await write(content, [aTarget(folder)], { recipient });

      expect((await readFile(join(folder, part('part-0002.bin')))).equals(before)).toBe(true);
      expect((await opened(folder, set, identity)).equals([...content.blobs.values()][0] ?? Buffer.of())).toBe(true);
      expect(await isWhole(folder)).toBe(true);
      expect(await readdir(join(folder, MEDIA_PATHS.root))).toEqual(['media-set.json', 'parts']);
      expect(await readdir(join(folder, MEDIA_PATHS.parts))).toHaveLength(4);
    });

    it('changes nothing when the whole set is written once more', async () => {
      const content = someContent([3_500_000]);
      const { folder, recipient } = await interrupted(content);
      await write(content, [aTarget(folder)], { recipient });
      const before = await listing(folder);

      await write(content, [aTarget(folder)], { recipient });

      expect(await listing(folder)).toEqual(before);
    });

    it('takes no part whose bytes are not the noted ones, and none for other readers', async () => {
      const content = someContent([3_500_000]);
      const { folder, recipient } = await interrupted(content);
      const { recipient: stranger } = await createAgeIdentity();
      await expect(write(content, [aTarget(folder)], { recipient: stranger })).rejects.toEqual(code('MEDIA_NOT_EMPTY'));

      const path = join(folder, part('part-0002.bin'));
      const bytes = await readFile(path);
      bytes[500_000] = (bytes[500_000] ?? 0) ^ 1;
      await writeFile(path, bytes);

      await expect(write(content, [aTarget(folder)], { recipient })).rejects.toEqual(code('MEDIA_NOT_EMPTY'));
    });
  });
});

describe('a target that cannot be written', () => {
  it.skipIf(!isRoot)('is called write-protected, not gone (needs root for a mount)', async () => {
    const folder = await aFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,ro', 'gantry-test', folder]);
    try {
      await expect(write(someContent([1_000]), [aTarget(folder)])).rejects.toEqual(code('MEDIA_READ_ONLY'));
      await expect(makeTargetFolder(join(folder, 'stick-1'))).rejects.toEqual(code('MEDIA_READ_ONLY'));
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('is named when it is a file or is not there', async () => {
    const folder = await aFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    await mkdir(join(folder, 'gone'));
    await rm(join(folder, 'gone'), { recursive: true });

    for (const path of [file, join(folder, 'gone')])
      await expect(folderVolume(path)).rejects.toEqual(code('NOT_FOUND'));
    await expect(makeTargetFolder(file)).rejects.toEqual(code('NOT_FOUND'));
  });
});
