import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHashThreads } from '#native/workers/index.ts';

const threads = createHashThreads();
const folder = await mkdtemp(join(tmpdir(), 'gantry-hash-threads-'));
afterAll(async () => {
  await threads.close();
  await rm(folder, { recursive: true });
});

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('hash threads', () => {
  it('tell the digest of many blocks at once, shared memory or not', async () => {
    const blocks = Array.from({ length: 20 }, (_, at) => {
      const block = new Uint8Array(at % 2 === 0 ? new SharedArrayBuffer(10_000 + at) : new ArrayBuffer(10_000 + at));
      block.fill(at);
      return block;
    });

    const digests = await Promise.all(blocks.map((block) => threads.sha256(block)));

    expect(digests).toEqual(blocks.map(digestOf));
  });

  it('follow a file as far as they are told, and no further', async () => {
    const path = join(folder, 'growing');
    const bytes = randomBytes(3_000_000);
    await writeFile(path, bytes);
    const file = threads.follow(path);

    file.extendTo(1_000_000);
    file.extendTo(2_500_000);

    expect(await file.digest()).toBe(digestOf(bytes.subarray(0, 2_500_000)));
  });

  it('say that a file is not there, or ends too early', async () => {
    const absent = threads.follow(join(folder, 'absent'));
    await expect(absent.digest()).rejects.toMatchObject({ code: 'ENOENT' });

    await writeFile(join(folder, 'short'), 'abc');
    const short = threads.follow(join(folder, 'short'));
    short.extendTo(4);
    await expect(short.digest()).rejects.toThrow('ends at byte 3');
  });

  it('refuse whoever waits when they are closed', async () => {
    const path = join(folder, 'long');
    await writeFile(path, new Uint8Array(40_000_000));
    const own = createHashThreads();
    const file = own.follow(path);
    file.extendTo(40_000_000);
    const answer = expect(file.digest()).rejects.toMatchObject({ code: 'INTERNAL' });

    await own.close();

    await answer;
  });

  it('give up a file that nobody wants any more', async () => {
    const file = threads.follow(join(folder, 'long'));
    file.extendTo(40_000_000);
    const answer = expect(file.digest()).rejects.toMatchObject({ code: 'INTERNAL' });

    file.close();

    await answer;
  });
});
