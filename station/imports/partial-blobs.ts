import { AppError, type Digest } from '#core/base/index.ts';
import { bytesIn, type ByteRange, type SizedBlob } from '#core/media/index.ts';
import type { BlobStore, PartialBlob } from '#core/storage/ports.ts';

/** Blobs that are flushed or published side by side: what comes together, the file system commits at once. */
const AT_ONCE = 16;

/** Complete blobs stay open up to this number, so that the store need not open and read them again to publish. */
const KEPT_OPEN = 128;

interface Incoming {
  readonly sizeBytes: number;
  handle: PartialBlob | null;
  received: ByteRange[];
}

/**
 * The blobs of one import on their way into the store.
 * INVARIANTS: nothing becomes visible before `publish`, so a broken import leaves the store as it was;
 * `received` grows in memory with each write and is durable after `checkpoint`; one write and one checkpoint at a time, side by side.
 */
export class PartialBlobs {
  readonly #store: BlobStore;
  readonly #incoming = new Map<Digest, Incoming>();
  readonly #stored = new Map<Digest, number>();
  readonly #dirty = new Set<PartialBlob>();
  /** What is being written this moment. */
  #busy: PartialBlob | null = null;

  private constructor(store: BlobStore) {
    this.#store = store;
  }

  static async open(store: BlobStore, blobs: readonly SizedBlob[]): Promise<PartialBlobs> {
    const partials = new PartialBlobs(store);
    for (const { digest, sizeBytes } of new Map(blobs.map((blob) => [blob.digest, blob])).values()) {
      if (await store.has(digest)) partials.#stored.set(digest, sizeBytes);
      else partials.#incoming.set(digest, { sizeBytes, handle: null, received: [] });
    }
    try {
      for (const digest of partials.#incoming.keys()) await partials.#learn(digest);
    } catch (error) {
      await partials.close();
      throw error;
    }
    return partials;
  }

  /** Ranges that need not be read again. */
  received(digest: Digest): readonly ByteRange[] {
    const stored = this.#stored.get(digest);
    if (stored !== undefined) return [{ start: 0, end: stored }];
    return this.#incoming.get(digest)?.received ?? [];
  }

  async write(digest: Digest, offset: number, bytes: Uint8Array): Promise<void> {
    const blob = this.#require(digest);
    // Without a turn in between, so that a checkpoint at the same time cannot close what is about to be written.
    const handle = blob.handle ?? (await this.#handleOf(digest, blob));
    this.#busy = handle;
    await handle.write(offset, bytes).finally(() => {
      this.#busy = null;
    });
    this.#dirty.add(handle);
    blob.received = merge(blob.received, { start: offset, end: offset + bytes.length });
  }

  /** Everything written before the call survives a power cut when it returns; writing may go on meanwhile. */
  async checkpoint(): Promise<void> {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    await inParallel(dirty, (handle) => handle.checkpoint());
    await this.#closeSurplus();
  }

  /** Makes the blobs visible when every digest holds, and none otherwise; BUNDLE_DIGEST_MISMATCH names the first bad one. */
  async publish(): Promise<void> {
    for (const [digest, blob] of this.#incoming) {
      if (bytesIn(blob.received) !== blob.sizeBytes) throw new Error(`invariant: ${digest} is not complete`);
    }
    await inParallel([...this.#incoming], async ([digest, blob]) => {
      const handle = await this.#handleOf(digest, blob);
      await handle.verify();
      if (this.#incoming.size <= KEPT_OPEN) return;
      // Too many to hold open: publishing opens it once more, and reads it again.
      blob.handle = null;
      await handle.close();
    });
    await inParallel([...this.#incoming], async ([digest, blob]) => {
      const handle = await this.#handleOf(digest, blob);
      this.#incoming.delete(digest);
      this.#dirty.delete(handle);
      await handle.finish();
      this.#stored.set(digest, blob.sizeBytes);
    });
  }

  async close(): Promise<void> {
    for (const blob of this.#incoming.values()) {
      const { handle } = blob;
      blob.handle = null;
      await handle?.close();
    }
  }

  async #learn(digest: Digest): Promise<void> {
    const blob = this.#require(digest);
    const handle = await this.#handleOf(digest, blob);
    blob.received = [...handle.received];
    await this.#closeSurplus();
  }

  async #handleOf(digest: Digest, blob: Incoming): Promise<PartialBlob> {
    blob.handle ??= await this.#store.openPartial(digest, blob.sizeBytes);
    return blob.handle;
  }

  async #closeSurplus(): Promise<void> {
    const isIdle = ({ handle }: Incoming): boolean =>
      handle !== null && handle !== this.#busy && !this.#dirty.has(handle);
    const open = [...this.#incoming.values()].filter(isIdle);
    for (const blob of open.slice(0, Math.max(0, open.length - KEPT_OPEN))) {
      const { handle } = blob;
      blob.handle = null;
      await handle?.close();
    }
  }

  #require(digest: Digest): Incoming {
    const blob = this.#incoming.get(digest);
    if (blob === undefined) throw new AppError('INTERNAL', `${digest} is not on its way in`, { digest });
    return blob;
  }
}

/** Waits for all, also when one fails; then throws the first failure. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failures.length > 0) throw failures[0];
}

function merge(ranges: readonly ByteRange[], added: ByteRange): ByteRange[] {
  const last = ranges.at(-1);
  // Nearly every write continues the last one.
  if (last?.end === added.start) return [...ranges.slice(0, -1), { start: last.start, end: added.end }];
  const merged: ByteRange[] = [];
  for (const range of [...ranges, added].sort((a, b) => a.start - b.start)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.start <= previous.end)
      merged.splice(-1, 1, { start: previous.start, end: Math.max(previous.end, range.end) });
    else merged.push(range);
  }
  return merged;
}
