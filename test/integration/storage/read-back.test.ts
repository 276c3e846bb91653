import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIB, type Digest } from '#core/base/index.ts';
import { folderBlobStore, type FileHasher } from '#native/fs/index.ts';
import { createHashThreads } from '#native/workers/index.ts';

const threads = createHashThreads();
afterAll(() => threads.close());

const CONTENT = randomBytes(9 * MIB);
const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const DIGEST = digestOf(CONTENT);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-read-back-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Counts how often a file was read from its beginning. */
function counting(): FileHasher & { follows: number } {
  const counted = {
    follows: 0,
    follow: (path: string) => {
      counted.follows += 1;
      return threads.follow(path);
    },
  };
  return counted;
}

async function arrive(hasher: FileHasher, order: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
  const store = await folderBlobStore(folder, hasher);
  const partial = await store.openPartial(DIGEST, CONTENT.length);
  for (const at of order) {
    await partial.write(at * MIB, CONTENT.subarray(at * MIB, (at + 1) * MIB));
    await partial.checkpoint();
  }
  await partial.finish();
  return store;
}

describe('large content that arrives in a store with hash threads', () => {
  it('is read back once while it arrives, and that answers the first question about it', async () => {
    const hasher = counting();
    const store = await arrive(hasher);

    expect(await store.storedDigest?.(DIGEST)).toBe(DIGEST);
    expect(hasher.follows).toBe(1);
    expect(await store.storedDigest?.(DIGEST)).toBe(DIGEST);
    expect(hasher.follows).toBe(2);
  });

  it('is read back whole when its pieces came in any order', async () => {
    const store = await arrive(counting(), [8, 3, 0, 1, 7, 2, 5, 4, 6]);

    expect(Buffer.compare(await store.read(DIGEST, CONTENT.length), CONTENT)).toBe(0);
  });

  it('is judged by what lies in the file, not by what was written', async () => {
    const store = await folderBlobStore(folder, threads);
    const partial = await store.openPartial(DIGEST, CONTENT.length);
    await partial.write(0, CONTENT);
    const file = await open(join(folder, 'partial', DIGEST.slice(7)), 'r+');
    await file.write(Buffer.of((CONTENT[5] ?? 0) ^ 1), 0, 1, 5);
    await file.close();

    await expect(partial.finish()).rejects.toMatchObject({ code: 'BUNDLE_DIGEST_MISMATCH' });
    expect(await store.has(DIGEST)).toBe(false);
  });

  it('is read again when the file was changed after it was published', async () => {
    const store = await arrive(threads);
    const changed = Uint8Array.from(CONTENT);
    changed[77] = (changed[77] ?? 0) ^ 1;
    const file = await open(store.pathOf(DIGEST), 'r+');
    await file.write(changed, 77, 1, 77);
    await file.close();

    expect(await store.storedDigest?.(DIGEST)).toBe(digestOf(changed));
  });

  it('is hashed from its beginning when a piece is written a second time', async () => {
    const store = await folderBlobStore(folder, threads);
    const partial = await store.openPartial(DIGEST, CONTENT.length);
    await partial.write(0, new Uint8Array(CONTENT.length));
    await partial.checkpoint();
    await partial.write(0, CONTENT);

    await partial.finish();

    expect(await store.storedDigest?.(DIGEST)).toBe(DIGEST);
  });

  it('goes on after a restart with the durable prefix', async () => {
    const first = await (await folderBlobStore(folder, threads)).openPartial(DIGEST, CONTENT.length);
    await first.write(0, CONTENT.subarray(0, 5 * MIB));
    await first.checkpoint();
    await first.close();

    const store = await folderBlobStore(folder, threads);
    const second = await store.openPartial(DIGEST, CONTENT.length);
    expect(second.received).toEqual([{ start: 0, end: 5 * MIB }]);
    await second.write(5 * MIB, CONTENT.subarray(5 * MIB));
    await second.finish();

    expect(await store.storedDigest?.(DIGEST)).toBe(DIGEST);
  });

  it('trusts the line before a torn one of the journal', async () => {
    const first = await (await folderBlobStore(folder, threads)).openPartial(DIGEST, CONTENT.length);
    await first.write(0, CONTENT.subarray(0, MIB));
    await first.checkpoint();
    await first.close();
    const journal = join(folder, 'partial', `${DIGEST.slice(7)}.ranges.json`);
    const whole = JSON.stringify({ sizeBytes: CONTENT.length, received: [{ start: 0, end: MIB }] });
    for (const torn of ['{"sizeBytes":943', '\0\0\0":[{"start":0,"end":9437184}]}\n']) {
      await writeFile(journal, `${whole}\n${torn}${'\0'.repeat(100)}`);

      const again = await (await folderBlobStore(folder, threads)).openPartial(DIGEST, CONTENT.length);
      await again.close();

      expect(again.received).toEqual([{ start: 0, end: MIB }]);
    }
  });
});
