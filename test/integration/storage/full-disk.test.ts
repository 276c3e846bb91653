import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KIB, MIB, type Digest } from '#core/base/index.ts';
import { folderBlobStore, writeFileDurably } from '#native/fs/index.ts';

const SMALL_DISK = 2 * MIB;

/** A file system of 2 MiB; null with the reason where this machine does not let us make one. */
function mountSmallDisk(): { folder: string } | { reason: string } {
  if (process.platform !== 'linux') return { reason: 'needs Linux' };
  if (process.getuid?.() !== 0) return { reason: 'mounting a small file system needs root' };
  const folder = mkdtempSync(join(tmpdir(), 'gantry-small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${String(SMALL_DISK)}`, 'none', folder]);
  if (mounted.status === 0) return { folder };
  rmSync(folder, { recursive: true });
  return { reason: 'mount of a tmpfs was refused' };
}

const disk = mountSmallDisk();
afterAll(() => {
  if (!('folder' in disk)) return;
  spawnSync('umount', [disk.folder]);
  rmSync(disk.folder, { recursive: true });
});

const suite = 'folder' in disk ? describe : describe.skip;
const title = 'folder' in disk ? 'a full disk' : `a full disk (skipped: ${disk.reason})`;
const folder = 'folder' in disk ? disk.folder : '';

async function* blocks(count: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n += 1) yield await Promise.resolve(new Uint8Array(64 * KIB).fill(n));
}

const digestOf = async (content: AsyncIterable<Uint8Array>): Promise<Digest> => {
  const hash = createHash('sha256');
  for await (const block of content) hash.update(block);
  return `sha256:${hash.digest('hex')}`;
};

suite(title, () => {
  it('refuses a blob that does not fit, says how much was needed, and leaves no trace of it', async () => {
    const store = await folderBlobStore(join(folder, 'store'));
    const small = await digestOf(blocks(1));
    await store.put(small, blocks(1));
    const big = await digestOf(blocks(40));

    await expect(store.put(big, blocks(40))).rejects.toMatchObject({
      code: 'DISK_FULL',
      details: { neededBytes: expect.any(Number) as number },
    });

    expect(await store.has(big)).toBe(false);
    expect((await readdir(join(folder, 'store'), { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual(
      [],
    );
    expect(await store.read(small, MIB)).toHaveLength(64 * KIB);
    await store.delete(small);
  });

  it('keeps what a partial blob had, and goes on when there is room again', async () => {
    const store = await folderBlobStore(join(folder, 'store'));
    const filler = await digestOf(blocks(20));
    await store.put(filler, blocks(20));
    const wanted = new Uint8Array(MIB).fill(7);
    const digest: Digest = `sha256:${createHash('sha256').update(wanted).digest('hex')}`;
    const first = await store.openPartial(digest, MIB);
    await first.write(0, wanted.subarray(0, 256 * KIB));
    await first.checkpoint();

    await expect(first.write(256 * KIB, wanted.subarray(256 * KIB))).rejects.toMatchObject({
      code: 'DISK_FULL',
      details: { neededBytes: 768 * KIB },
    });
    await expect(first.checkpoint()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await first.close();

    await store.delete(filler);
    const second = await store.openPartial(digest, MIB);
    expect(second.received).toEqual([{ start: 0, end: 256 * KIB }]);
    await second.write(256 * KIB, wanted.subarray(256 * KIB));
    await second.finish();
    expect(await store.read(digest, MIB)).toHaveLength(MIB);
    await store.delete(digest);
  });

  it('leaves the old file whole', async () => {
    const path = join(folder, 'policy.json');
    await writeFileDurably(path, 'the old policy');

    await expect(writeFileDurably(path, new Uint8Array(4 * MIB))).rejects.toMatchObject({
      code: 'DISK_FULL',
      details: { path, neededBytes: 4 * MIB },
    });

    expect(await readFile(path, 'utf8')).toBe('the old policy');
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
  });
});
