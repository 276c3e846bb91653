import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';

/** A store, and the same store after a restart of the program. */
export interface StoreUnderTest {
  open(): Promise<BlobStore>;
}

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function* pieces(...blocks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const block of blocks) yield await Promise.resolve(block);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of stream) blocks.push(block);
  return new Uint8Array(Buffer.concat(blocks));
}

const WEIGHTS = text('weights of a small model');
const DIGEST = digestOf(WEIGHTS);

/** What every BlobStore owes its callers; run on each adapter and on the fake. */
export function blobStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`BlobStore: ${name}`, () => {
    it('gives back exactly the bytes that were put', async () => {
      const store = await (await make()).open();

      await store.put(DIGEST, pieces(WEIGHTS.subarray(0, 7), WEIGHTS.subarray(7)));

      expect(new Uint8Array(await store.read(DIGEST, 1000))).toEqual(WEIGHTS);
      expect(await collect(store.stream(DIGEST))).toEqual(WEIGHTS);
      expect(await store.size(DIGEST)).toBe(WEIGHTS.length);
      expect(await store.has(DIGEST)).toBe(true);
    });

    it('keeps the empty blob', async () => {
      const store = await (await make()).open();
      const digest = digestOf(new Uint8Array());

      await store.put(digest, pieces());

      expect(await store.size(digest)).toBe(0);
      expect(await collect(store.stream(digest))).toEqual(new Uint8Array());
    });

    it('streams a range, start inclusive and end exclusive', async () => {
      const store = await (await make()).open();
      await store.put(DIGEST, pieces(WEIGHTS));

      expect(await collect(store.stream(DIGEST, { start: 3, end: 9 }))).toEqual(WEIGHTS.subarray(3, 9));
      expect(await collect(store.stream(DIGEST, { start: 5, end: 5 }))).toEqual(new Uint8Array());
    });

    it('takes the same content twice', async () => {
      const store = await (await make()).open();

      await Promise.all([store.put(DIGEST, pieces(WEIGHTS)), store.put(DIGEST, pieces(WEIGHTS))]);

      expect(await listed(store)).toEqual([DIGEST]);
    });

    it('lists complete blobs only and still has them after a restart', async () => {
      const made = await make();
      const store = await made.open();
      const other = text('other');
      await store.put(DIGEST, pieces(WEIGHTS));
      await (await store.openPartial(digestOf(other), other.length)).close();

      expect(await listed(await made.open())).toEqual([DIGEST]);
    });

    describe('when the content is not what the digest says', () => {
      it('refuses it and shows nothing', async () => {
        const store = await (await make()).open();

        await expect(store.put(DIGEST, pieces(text('something else')))).rejects.toMatchObject({
          code: 'BUNDLE_DIGEST_MISMATCH',
          details: { want: DIGEST },
        });

        expect(await store.has(DIGEST)).toBe(false);
        expect(await listed(store)).toEqual([]);
      });
    });

    describe('when the sender fails in the middle', () => {
      it('throws what the sender threw and shows nothing', async () => {
        const store = await (await make()).open();
        const cause = new DOMException('stopped', 'AbortError');

        await expect(store.put(DIGEST, breaking(cause))).rejects.toBe(cause);

        expect(await store.has(DIGEST)).toBe(false);
      });
    });

    describe('when a blob is absent', () => {
      it('says so', async () => {
        const store = await (await make()).open();

        expect(await store.size(DIGEST)).toBeUndefined();
        expect(await store.has(DIGEST)).toBe(false);
        await expect(store.read(DIGEST, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(collect(store.stream(DIGEST))).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(store.delete(DIGEST)).resolves.toBeUndefined();
      });
    });

    it('reads nothing above the limit', async () => {
      const store = await (await make()).open();
      await store.put(DIGEST, pieces(WEIGHTS));

      await expect(store.read(DIGEST, WEIGHTS.length - 1)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
      await expect(store.read(DIGEST, WEIGHTS.length)).resolves.toHaveLength(WEIGHTS.length);
    });

    it('deletes whole and partial content', async () => {
      const made = await make();
      const store = await made.open();
      const arriving = text('arriving');
      await store.put(DIGEST, pieces(WEIGHTS));
      const partial = await store.openPartial(digestOf(arriving), arriving.length);
      await partial.write(0, arriving);
      await partial.checkpoint();
      await partial.close();

      await store.delete(DIGEST);
      await store.delete(digestOf(arriving));

      expect(await listed(await made.open())).toEqual([]);
      expect(await receivedAfter(made, arriving)).toEqual([]);
    });

    partialContract(make);
  });
}

function partialContract(make: () => Promise<StoreUnderTest>): void {
  describe('when a blob arrives in pieces', () => {
    it('publishes it only when it is finished', async () => {
      const store = await (await make()).open();
      const partial = await store.openPartial(DIGEST, WEIGHTS.length);
      await partial.write(10, WEIGHTS.subarray(10));
      await partial.write(0, WEIGHTS.subarray(0, 10));
      await partial.checkpoint();
      expect(await store.has(DIGEST)).toBe(false);

      await partial.finish();

      expect(new Uint8Array(await store.read(DIGEST, 1000))).toEqual(WEIGHTS);
    });

    it('goes on after a restart with what was checkpointed, joined and sorted', async () => {
      const made = await make();
      const first = await (await made.open()).openPartial(DIGEST, WEIGHTS.length);
      await first.write(8, WEIGHTS.subarray(8, 12));
      await first.write(0, WEIGHTS.subarray(0, 4));
      await first.write(4, WEIGHTS.subarray(4, 8));
      await first.write(20, WEIGHTS.subarray(20));
      await first.checkpoint();
      await first.close();

      const store = await made.open();
      const second = await store.openPartial(DIGEST, WEIGHTS.length);
      expect(second.received).toEqual([
        { start: 0, end: 12 },
        { start: 20, end: WEIGHTS.length },
      ]);
      await second.write(12, WEIGHTS.subarray(12, 20));
      await second.finish();

      expect(new Uint8Array(await store.read(DIGEST, 1000))).toEqual(WEIGHTS);
    });

    it('does not vouch after a restart for what was never checkpointed', async () => {
      const made = await make();
      const first = await (await made.open()).openPartial(DIGEST, WEIGHTS.length);
      await first.write(0, WEIGHTS);
      await first.close();

      expect(await receivedAfter(made, WEIGHTS)).toEqual([]);
    });

    it('begins anew when the size is another one', async () => {
      const made = await make();
      const first = await (await made.open()).openPartial(DIGEST, WEIGHTS.length + 1);
      await first.write(0, WEIGHTS);
      await first.checkpoint();
      await first.close();

      expect(await receivedAfter(made, WEIGHTS)).toEqual([]);
    });

    it('publishes nothing of a larger attempt before', async () => {
      const made = await make();
      const first = await (await made.open()).openPartial(DIGEST, WEIGHTS.length + 1);
      await first.write(0, Uint8Array.of(...WEIGHTS, 7));
      await first.checkpoint();
      await first.close();

      const store = await made.open();
      const second = await store.openPartial(DIGEST, WEIGHTS.length);
      await second.write(0, WEIGHTS);
      await second.finish();

      expect(new Uint8Array(await store.read(DIGEST, 1000))).toEqual(WEIGHTS);
    });

    it('refuses to write past the end', async () => {
      const store = await (await make()).open();
      const partial = await store.openPartial(DIGEST, WEIGHTS.length);

      await expect(partial.write(WEIGHTS.length - 1, text('ab'))).rejects.toMatchObject({
        code: 'BUNDLE_DIGEST_MISMATCH',
      });
      await expect(partial.write(-1, text('a'))).rejects.toMatchObject({ code: 'BUNDLE_DIGEST_MISMATCH' });
      await partial.close();
    });

    it('checks without showing, and a write after the check counts', async () => {
      const store = await (await make()).open();
      const partial = await store.openPartial(DIGEST, WEIGHTS.length);
      await partial.write(0, WEIGHTS);

      await partial.verify();
      expect(await store.has(DIGEST)).toBe(false);
      await partial.write(
        3,
        WEIGHTS.subarray(3, 5).map((byte) => byte ^ 1),
      );

      await expect(partial.finish()).rejects.toMatchObject({ code: 'BUNDLE_DIGEST_MISMATCH' });
      expect(await store.has(DIGEST)).toBe(false);
    });

    it('discards content that does not match its digest', async () => {
      const made = await make();
      const store = await made.open();
      const partial = await store.openPartial(DIGEST, WEIGHTS.length);
      await partial.write(
        0,
        WEIGHTS.map((byte) => byte ^ 1),
      );
      await partial.checkpoint();

      await expect(partial.finish()).rejects.toMatchObject({
        code: 'BUNDLE_DIGEST_MISMATCH',
        details: { want: DIGEST },
      });

      expect(await store.has(DIGEST)).toBe(false);
      expect(await receivedAfter(made, WEIGHTS)).toEqual([]);
    });
  });
}

async function* breaking(cause: Error): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(WEIGHTS.subarray(0, 3));
  throw cause;
}

async function listed(store: BlobStore): Promise<Digest[]> {
  const digests: Digest[] = [];
  for await (const digest of store.list()) digests.push(digest);
  return digests;
}

async function receivedAfter(
  made: StoreUnderTest,
  content: Uint8Array,
): Promise<readonly { start: number; end: number }[]> {
  const partial = await (await made.open()).openPartial(digestOf(content), content.length);
  await partial.close();
  return partial.received;
}
