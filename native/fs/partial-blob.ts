import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, digestHex, type Digest } from '#core/base/index.ts';
import type { PartialBlob } from '#core/storage/ports.ts';
import { addRange, bytesOf, prefixEnd } from './byte-ranges.ts';
import { removeIfThere, renameDurably } from './durable-file.ts';
import type { FileHasher } from './file-hasher.ts';
import { isNotFound, toDiskError } from './os-codes.ts';
import { openRangeJournal } from './range-journal.ts';
import { createReadBack } from './read-back.ts';

export interface PartialBlobOptions {
  readonly folder: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Where it is published; its folder is there and durable. */
  readonly finalPath: () => Promise<string>;
  /** Where there is one, large content is hashed while it arrives: read back from the file, behind what was flushed. */
  readonly hasher?: FileHasher;
  /** Told when a digest that was read back behind the flushes was published. */
  readonly onReadBack?: () => Promise<void>;
}

/**
 * A blob that arrives in pieces. The journal beside the content names only ranges that were flushed before the journal was written.
 * INVARIANTS: `finish` publishes what was read back from the file, never what was merely handed to `write`;
 * a write may run while a checkpoint does, and then belongs to the next one.
 */
export async function openPartialBlob(options: PartialBlobOptions): Promise<PartialBlob> {
  const contentPath = join(options.folder, digestHex(options.digest));
  const journalPath = journalOf(contentPath);
  const journal = await openRangeJournal({ path: journalPath, contentPath, sizeBytes: options.sizeBytes });
  const file = await openContent(contentPath, journal.known.length === 0 ? 0 : options.sizeBytes);
  const readBack = createReadBack(contentPath, options.sizeBytes, options.hasher);
  let received = journal.known;
  let flushed = received;
  let recorded = received;
  let isVerified = false;
  let isOpen = true;
  let failure: AppError | undefined;

  /** After a failed call the kernel may have dropped pages: nothing more of this run may be called durable. */
  async function orFail(work: () => Promise<void>): Promise<void> {
    if (failure !== undefined) throw failure;
    try {
      await work();
    } catch (error) {
      failure = toDiskError(error, contentPath, options.sizeBytes - bytesOf(received));
      throw failure;
    }
  }

  async function flush(): Promise<void> {
    // Taken before the flush: what is written while it runs may not be part of it.
    const durable = received;
    if (durable === flushed) return;
    await file.datasync();
    flushed = durable;
    readBack.extend(flushed);
  }

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    readBack.forget();
    await journal.close();
    await file.close();
  }

  /** The digest of the file as it was flushed. */
  async function verify(): Promise<void> {
    if (isVerified) return;
    await orFail(flush);
    const found = await readBack.digest(flushed);
    isVerified = found === options.digest;
    if (isVerified) return;
    await close();
    throw await discardWrong(contentPath, options.digest, found);
  }

  return {
    received: journal.known,
    write: async (offset, bytes) => {
      assertInside(options, offset, bytes.length);
      isVerified = false;
      const isAgain = offset < prefixEnd(received);
      await orFail(() => writeFully(file, bytes, offset));
      // Only now: a checkpoint beside this write may have let the hash read the old bytes.
      if (isAgain) readBack.forget();
      received = addRange(received, { start: offset, end: offset + bytes.length });
    },
    checkpoint: () =>
      orFail(async () => {
        await flush();
        const durable = flushed;
        if (durable === recorded) return;
        await journal.record(durable);
        recorded = durable;
      }),
    verify,
    finish: async () => {
      await verify();
      await close();
      await orFail(async () => {
        // In this order a kill between the two leaves a journal without content, which says nothing.
        await renameDurably(contentPath, await options.finalPath());
        await removeIfThere(journalPath);
      });
      if (readBack.isFollowing) await options.onReadBack?.();
    },
    close,
  };
}

/** Forgets a blob that will not be completed. */
export async function discardPartialBlob(folder: string, digest: Digest): Promise<void> {
  const contentPath = join(folder, digestHex(digest));
  await removeIfThere(journalOf(contentPath));
  await removeIfThere(contentPath);
}

/** What the journal's name adds to that of the content. */
export const JOURNAL_SUFFIX = '.ranges.json';

function journalOf(contentPath: string): string {
  return `${contentPath}${JOURNAL_SUFFIX}`;
}

function assertInside({ digest, sizeBytes }: PartialBlobOptions, offset: number, length: number): void {
  if (offset >= 0 && offset + length <= sizeBytes) return;
  throw new AppError('BUNDLE_DIGEST_MISMATCH', `content reaches past the ${String(sizeBytes)} bytes of ${digest}`, {
    want: digest,
  });
}

async function discardWrong(contentPath: string, want: Digest, got: Digest): Promise<AppError> {
  await rm(contentPath, { force: true });
  await rm(journalOf(contentPath), { force: true });
  return new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${want}, the content has ${got}`, { want, got });
}

/** Bytes past `keepBytes` are of another attempt and would be published with the rest. */
async function openContent(path: string, keepBytes: number): Promise<FileHandle> {
  try {
    const file = await open(path, 'r+');
    if ((await file.stat()).size > keepBytes) await file.truncate(keepBytes);
    return file;
  } catch (error) {
    if (!isNotFound(error)) throw toDiskError(error, path);
  }
  try {
    return await open(path, 'wx+');
  } catch (error) {
    throw toDiskError(error, path, keepBytes);
  }
}

/** One call may take only a part of the bytes when the disk is nearly full. */
async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}
