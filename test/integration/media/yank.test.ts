import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folderVolume, nodeMediaAccess } from '#native/media/index.ts';
import { openSite, verdictOf } from '../imports/site.ts';
import { aFolder, listing, someContent, writeSet } from './folders.ts';

const isRoot = process.getuid?.() === 0;
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const GANTRY = join(import.meta.dirname, '../../../cli/bin.mjs');
const code = (name: string): unknown => expect.objectContaining({ code: name });

async function aMount(): Promise<string> {
  const folder = await aFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'gantry-test', folder]);
  return folder;
}

describe('medium that goes away', () => {
  it.skipIf(!isRoot)('is never written to beneath its mount point (needs root for a mount)', async () => {
    const folder = await aMount();
    const volume = await folderVolume(folder);
    const writer = nodeMediaAccess.writer(volume);
    await writer.writeFile('gantry/outbox/a', new Uint8Array([1]));

    execFileSync('umount', ['-l', folder]);

    await expect(writer.writeFile('gantry/outbox/b', new Uint8Array([2]))).rejects.toEqual(code('MEDIA_GONE'));
    await expect(nodeMediaAccess.reader(volume).readFile('gantry/outbox/a', 10)).rejects.toEqual(code('MEDIA_GONE'));
    expect(await listing(folder)).toEqual({});
  });

  it.skipIf(!isRoot)('is not written to beneath when it goes in the middle of a file (needs root)', async () => {
    const folder = await aMount();
    const writer = nodeMediaAccess.writer(await folderVolume(folder));
    async function* content(): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(new Uint8Array(1000));
      execFileSync('umount', ['-l', folder]);
      yield new Uint8Array(1000);
    }

    await expect(writer.writeFile('gantry/outbox/b', content())).rejects.toEqual(code('MEDIA_GONE'));

    expect(await listing(folder)).toEqual({});
  });

  it.skipIf(!isRoot)(
    'leaves the list within two seconds, and is back when it is mounted again (needs root)',
    async () => {
      const folder = await aMount();
      const site = await openSite(await aFolder(), { verify: verdictOf('accepted') });
      const stop = new AbortController();
      try {
        const { id } = await site.media.openFolder(folder);
        const seen: { at: number; ids: string[] }[] = [];
        const watching = (async () => {
          for await (const views of site.media.watch(stop.signal))
            seen.push({ at: performance.now(), ids: views.map((view) => view.id) });
        })();
        await expect.poll(() => seen.at(-1)?.ids, { timeout: 5000 }).toContain(id);

        execFileSync('umount', ['-l', folder]);
        await expect.poll(() => seen.at(-1)?.ids, { timeout: 5000 }).not.toContain(id);
        execFileSync('mount', ['-t', 'tmpfs', 'gantry-test', folder]);
        await expect.poll(() => seen.at(-1)?.ids, { timeout: 5000 }).toContain(id);
        stop.abort();
        await watching;
      } finally {
        stop.abort();
        execFileSync('umount', ['-l', folder]);
        await site.close();
      }
    },
  );

  it('is gone when a file that was seen a moment ago is not there', async () => {
    const folder = await aFolder();
    await mkdir(join(folder, 'gantry'));
    await writeFile(join(folder, 'gantry/part'), 'x');
    const reader = nodeMediaAccess.reader(await folderVolume(folder));
    await reader.sizeOf('gantry/part');

    execFileSync('rm', [join(folder, 'gantry/part')]);

    await expect(reader.openFile('gantry/part')).rejects.toEqual(code('MEDIA_GONE'));
    await expect(reader.sizeOf('gantry/part')).rejects.toEqual(code('MEDIA_GONE'));
    expect(await reader.sizeOf('gantry/never')).toBeUndefined();
  });

  it.skipIf(!hasStrace)(
    'is not gone when one place cannot be read: part, stick and byte range are named (needs strace)',
    async () => {
      const folder = await aFolder();
      await writeSet(someContent([900, 5_000_000, 9_000_000]), [folder], 5_000_000);
      const bad = join(folder, 'gantry/parts/part-0002.bin');

      const { stdout } = await promisify(execFile)(
        'strace',
        [
          '-f',
          '-qq',
          '-o',
          '/dev/null',
          '-P',
          bad,
          '-e',
          'inject=pread64:error=EIO:when=3',
          process.execPath,
          GANTRY,
        ].concat(['media', 'check', folder, '--json']),
        { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
      ).catch((error: unknown) => error as { stdout: string });

      const { findings } = JSON.parse(stdout) as { findings: { code: string; at: string }[] };
      expect(findings.filter((finding) => finding.code !== 'MEDIA_INDEX_UNSIGNED')).toEqual([
        expect.objectContaining({ code: 'MEDIA_PART_DAMAGED', at: 'part-0002.bin (stick 1) bytes 0 to 4194303' }),
      ]);
    },
    60_000,
  );

  it.skipIf(!hasStrace)(
    'is opened read-only for an import, every file of it (needs strace)',
    async () => {
      const folder = await aFolder();
      await writeSet(someContent([900, 5_000_000]), [folder], 5_000_000);
      const trace = join(await aFolder(), 'trace');
      const child = join(import.meta.dirname, '../imports/import-child.ts');
      const digest = someContent([900, 5_000_000]).bundle.digest;

      execFileSync('strace', [
        ...['-f', '-qq', '-y', '-e', 'trace=openat,open,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir'],
        ...['-o', trace, process.execPath, child, await aFolder(), folder, digest, join(await aFolder(), 'log')],
      ]);

      const calls = execFileSync('grep', ['-F', folder, trace], { encoding: 'utf8' }).split('\n');
      const opens = calls.filter((line) => line.includes('openat(') && line.includes('/gantry/'));
      expect(opens.length).toBeGreaterThan(2);
      expect(
        opens.filter((line) => !line.includes('O_RDONLY') || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line)),
      ).toEqual([]);
      expect(calls.filter((line) => /unlink|rename|mkdir|creat\(/.test(line))).toEqual([]);
      expect((await readdir(folder)).sort()).toEqual(['gantry']);
    },
    60_000,
  );
});
