import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder, aTarget, listing, someBytes } from './folders.ts';

const code = (name: string): unknown => expect.objectContaining({ code: name });

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of stream) blocks.push(block);
  return Buffer.concat(blocks);
}

describe('volume reader', () => {
  it('gives the bytes of a range, across blocks', async () => {
    const folder = await aFolder();
    const bytes = someBytes(3_500_000, 1);
    await writeFile(join(folder, 'part'), bytes);

    const read = await readAll(aTarget(folder).reader.stream('part', { start: 1_000_001, end: 3_400_000 }));

    expect(read.equals(bytes.subarray(1_000_001, 3_400_000))).toBe(true);
  });

  it.each(['../outside', '/etc/passwd', 'a/../../b', 'a//b', '.', 'a\\b', 'C:/x', 'a\nb', 'x/'.repeat(20) + 'y'])(
    'refuses the path %j',
    async (path) => {
      const { reader } = aTarget(await aFolder());

      await expect(reader.readFile(path, 10)).rejects.toEqual(code('BUNDLE_PATH_ESCAPE'));
    },
  );

  it('follows no link: neither a file, nor a folder on the way, nor a loop', async () => {
    const folder = await aFolder();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'file'), 'x');
    await symlink(join(folder, 'real', 'file'), join(folder, 'link'));
    await symlink(join(folder, 'real'), join(folder, 'folder'));
    await symlink('loop', join(folder, 'loop'));
    const { reader } = aTarget(folder);

    for (const path of ['link', 'folder/file', 'loop']) {
      await expect(reader.readFile(path, 10)).rejects.toEqual(code('BUNDLE_LINK_REFUSED'));
      await expect(reader.sizeOf(path)).rejects.toEqual(code('BUNDLE_LINK_REFUSED'));
    }
    await expect(reader.list('folder', 10)).rejects.toEqual(code('BUNDLE_LINK_REFUSED'));
  });

  it('does not hang on a pipe', async () => {
    const folder = await aFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);

    await expect(aTarget(folder).reader.readFile('pipe', 10)).rejects.toEqual(code('BUNDLE_LINK_REFUSED'));
  });

  it('reads nothing past the limits', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'big'), Buffer.alloc(100));
    const { reader } = aTarget(folder);

    await expect(reader.readFile('big', 99)).rejects.toEqual(code('INPUT_TOO_LARGE'));
    await expect(reader.list('', 0)).rejects.toEqual(code('INPUT_TOO_LARGE'));
  });

  it('tells an absent file from an absent medium', async () => {
    const folder = await aFolder();
    const { reader } = aTarget(folder);

    await expect(reader.readFile('absent', 10)).rejects.toEqual(code('NOT_FOUND'));
    expect(await reader.sizeOf('gantry/absent')).toBeUndefined();
    await rm(folder, { recursive: true });
    await expect(reader.readFile('absent', 10)).rejects.toEqual(code('MEDIA_GONE'));
    await expect(reader.sizeOf('absent')).rejects.toEqual(code('MEDIA_GONE'));
  });

  it('does not take an empty folder under the same path for the medium', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'part'), 'x');
    const { reader } = aTarget(folder);
    await reader.sizeOf('part');

    await rename(folder, `${folder}-away`);
    await mkdir(folder);

    await expect(reader.sizeOf('part')).rejects.toEqual(code('MEDIA_GONE'));
    await rm(`${folder}-away`, { recursive: true });
  });

  it('names the byte where a file ends early', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'part'), Buffer.alloc(50));

    await expect(readAll(aTarget(folder).reader.stream('part', { start: 0, end: 80 }))).rejects.toMatchObject({
      code: 'MEDIA_PART_DAMAGED',
      details: { fromByte: 50 },
    });
  });
});

describe('volume writer', () => {
  it('writes a whole file and leaves nothing else behind', async () => {
    const folder = await aFolder();

    await aTarget(folder).writer.writeFile('gantry/outbox/a.json', new TextEncoder().encode('{}'));

    expect(Object.keys(await listing(folder))).toEqual(['gantry/outbox/a.json']);
    expect(await readFile(join(folder, 'gantry/outbox/a.json'), 'utf8')).toBe('{}');
  });

  it.each([1, 4095, 4096, 1_048_576, 1_050_000])('reads %i bytes back, and says where from', async (size) => {
    const folder = await aFolder();
    const { writer } = aTarget(folder);

    await writer.writeFile('a', someBytes(size, 1));

    expect(['device', 'cache']).toContain(writer.readBack?.());
  });

  it.skipIf(process.getuid?.() !== 0)(
    'reads back from the device where the file system lets it (needs root)',
    async () => {
      const [work, mount] = [await aFolder(), await aFolder()];
      const image = join(work, 'stick.img');
      execFileSync('truncate', ['-s', '16M', image]);
      execFileSync('mkfs.ext4', ['-q', '-F', image]);
      execFileSync('mount', ['-o', 'loop', image, mount]);
      try {
        const { writer } = aTarget(mount);
        await writer.writeFile('a', someBytes(2_500_001, 1));

        expect(writer.readBack?.()).toBe('device');
      } finally {
        execFileSync('umount', [mount]);
      }
    },
  );

  it('leaves foreign files as they are', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'report.txt'), 'theirs');
    const before = await listing(folder);

    await expect(aTarget(folder).writer.writeFile('report.txt', new Uint8Array([1]))).rejects.toEqual(
      code('MEDIA_NOT_EMPTY'),
    );

    expect(await listing(folder)).toEqual(before);
  });

  it('takes the same bytes again without complaint', async () => {
    const folder = await aFolder();
    const { writer } = aTarget(folder);

    await writer.writeFile('a', new Uint8Array([1, 2]));
    await writer.writeFile('a', new Uint8Array([1, 2]));

    expect(Object.keys(await listing(folder))).toEqual(['a']);
  });

  it('replaces the empty file that FAT leaves of a write whose stick was pulled', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'a'), '');

    await aTarget(folder).writer.writeFile('a', new Uint8Array([1, 2]));

    expect(await readFile(join(folder, 'a'))).toEqual(Buffer.from([1, 2]));
  });

  it('does not write through a link', async () => {
    const folder = await aFolder();
    const outside = await aFolder();
    await symlink(outside, join(folder, 'gantry'));

    await expect(aTarget(folder).writer.writeFile('gantry/x', new Uint8Array([1]))).rejects.toEqual(
      code('BUNDLE_LINK_REFUSED'),
    );

    expect(await listing(outside)).toEqual({});
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says that the stick is full and leaves no torn file (needs root for a small tmpfs)',
    async () => {
      const folder = await aFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'gantry-test', folder]);
      try {
        await expect(aTarget(folder).writer.writeFile('gantry/big', new Uint8Array(2_000_000))).rejects.toEqual(
          code('MEDIA_TARGET_TOO_SMALL'),
        );

        expect(await listing(folder)).toEqual({});
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );
});
