import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const CHILD = join(import.meta.dirname, 'fsync-child.ts');

/** strace can make system calls fail; where it may not trace, there is nothing to inject with. */
const reason = ((): string | null => {
  if (process.platform !== 'linux') return 'needs Linux';
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true']);
  return probe.status === 0 ? null : 'strace is not here or may not trace';
})();
const suite = reason === null ? describe : describe.skip;

interface Outcome {
  readonly error: string;
  readonly files: string[];
  readonly content: string | null;
  readonly syncs: { call: string; path: string }[];
}

/** Runs one step of the child; `inject` is a strace expression, `null` only watches. */
async function run(step: string, inject: string | null): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-fsync-'));
  try {
    const trace = join(folder, 'trace');
    const rules = inject === null ? [] : ['-e', `inject=${inject}`];
    const args = [
      '-f',
      '-y',
      '-o',
      trace,
      '-e',
      'trace=fsync,fdatasync',
      ...rules,
      process.execPath,
      CHILD,
      folder,
      step,
    ];
    // strace counts calls per thread: one thread makes `when=` the place in the whole order.
    const child = spawnSync('strace', args, { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
    const syncs = [...(await readFile(trace, 'utf8')).matchAll(/(fsync|fdatasync)\(\d+<([^>]*)>\)? *=/g)].map(
      ([, call = '', path = '']) => ({ call, path: path.slice(folder.length) }),
    );
    const data = join(folder, 'data');
    const files = (await readdir(data, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
    return {
      error: child.stdout,
      files,
      content: files.includes('policy.json') ? await readFile(join(data, 'policy.json'), 'utf8') : null,
      syncs,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

suite(`a disk that fails to flush${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('is asked to flush the file, once more under its new name, and its folder after', async () => {
    const { error, syncs } = await run('replace', null);

    expect(error).toBe('done');
    expect(syncs.map(({ call, path }) => [call, path.replace(/[0-9a-f]{12}/, 'X')])).toEqual([
      ['fsync', '/data/.policy.json.X.tmp'],
      ['fsync', '/data/policy.json'],
      ['fsync', '/data'],
    ]);
  });

  it('loses nothing of the old file when the new one cannot be flushed', async () => {
    const outcome = await run('replace', 'fsync:error=EIO:when=1');

    expect(outcome).toMatchObject({ error: 'DISK_FAILED', files: ['policy.json'], content: 'old' });
  });

  it.each([
    ['new name', 2],
    ['folder', 3],
  ])('does not call a write done when the %s cannot be flushed', async (_what, at) => {
    expect((await run('replace', `fsync:error=EIO:when=${String(at)}`)).error).toBe('DISK_FAILED');
  });

  it('flushes the name of a new shard, the blob and its folder before the blob is there', async () => {
    const { error, syncs } = await run('put', null);

    expect(error).toBe('done');
    expect(syncs.map(({ path }) => path.replace(/\/[^/]*\.tmp$/, '/*'))).toEqual([
      '/data/blobs/sha256',
      expect.stringMatching(/sha256\/..\/\*$/),
      expect.stringMatching(/sha256\/..\/[0-9a-f]{62,}$/),
      expect.stringMatching(/sha256\/..$/),
    ]);
  });

  it('shows no blob whose content could not be flushed', async () => {
    const outcome = await run('put', 'fsync:error=EIO:when=2');

    expect(outcome).toMatchObject({ error: 'DISK_FAILED', files: [] });
  });

  it('flushes content before the journal that names it, and all names before a blob that arrived is there', async () => {
    const { error, syncs } = await run('arrive', null);

    expect(error).toBe('done');
    expect(syncs.map(({ call, path }) => [call, path.replaceAll(/[0-9a-f]{64}|[0-9a-f]{12}(?=\.tmp)/g, 'X')])).toEqual([
      ['fdatasync', '/data/partial/X'],
      ['fsync', '/data/partial/.X.ranges.json.X.tmp'],
      ['fsync', '/data/partial/X.ranges.json'],
      ['fsync', '/data/partial'],
      ['fdatasync', '/data/partial/X'],
      ['fdatasync', '/data/partial/X.ranges.json'],
      ['fsync', '/data/blobs/sha256'],
      ['fsync', expect.stringMatching(/sha256\/..\/X$/)],
      ['fsync', expect.stringMatching(/sha256\/..$/)],
      ['fsync', '/data/partial'],
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('does not call a blob published when flush %i on its way fails', async (at) => {
    const outcome = await run('arrive', `fsync:error=EIO:when=${String(at)}`);

    expect(outcome.error).toBe('DISK_FAILED');
  });

  it('never vouches for pieces after one flush failed, even when the next would succeed', async () => {
    const outcome = await run('checkpoint-twice', 'fdatasync:error=EIO:when=1');

    expect(outcome.error).toBe('DISK_FAILED then DISK_FAILED');
    expect(outcome.files.filter((name) => name.endsWith('.json'))).toEqual([]);
  });

  it('flushes what arrived in pieces, its new name, then both folders, before the blob is there', async () => {
    const { error, syncs } = await run('finish', null);

    expect(error).toBe('done');
    expect(syncs.slice(-4).map(({ call, path }) => [call, path.replace(/[0-9a-f]{62,}$/, 'X')])).toEqual([
      ['fdatasync', '/data/partial/X'],
      ['fsync', expect.stringMatching(/sha256\/..\/X$/)],
      ['fsync', expect.stringMatching(/^\/data\/blobs\/sha256\/..$/)],
      ['fsync', '/data/partial'],
    ]);
  });

  it('flushes the names of the telemetry folder and its segment, and each commit before it is acknowledged', async () => {
    const { error, syncs } = await run('telemetry', null);

    expect(error).toBe('done then done');
    expect(syncs.map(({ call, path }) => `${call} ${path}`)).toEqual([
      'fsync /data/telemetry',
      'fsync /data',
      'fsync /data/telemetry',
      'fdatasync /data/telemetry/segment-0000000000000001.log',
      'fdatasync /data/telemetry/segment-0000000000000001.log',
    ]);
  });

  it('gives up a telemetry segment whose flush failed and goes on in a new one', async () => {
    const { error, files, syncs } = await run('telemetry', 'fdatasync:error=EIO:when=1');

    expect(error).toBe('DISK_FAILED then done');
    expect(syncs.at(-1)?.path).toBe('/data/telemetry/segment-0000000000000002.log');
    expect(files).toContain('segment-0000000000000002.log');
  });
});
