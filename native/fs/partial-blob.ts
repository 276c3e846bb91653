import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { PartialBlob } from '#core/storage/ports.ts';
import { removeDurably, removeIfThere, renameDurably, writeFileDurably } from './durable-file.ts';
import { isNotFound, toDiskError } from './os-codes.ts';

const Journal = z.object({
  sizeBytes: z.number().int().min(0),
  received: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0) })).max(1_000_000),
});

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A blob that arrives in pieces. The journal beside the content names only ranges that were fsynced before the journal was written,
 * so after a kill it may say too little, never too much.
 */
export async function openPartialBlob(options: {
  folder: string;
  digest: Digest;
  sizeBytes: number;
  finalPath: string;
}): Promise<PartialBlob> {
  const contentPath = join(options.folder, digestHex(options.digest));
  const journalPath = `${contentPath}.ranges.json`;
  const known = await readJournal(journalPath, contentPath, options.sizeBytes);
  // An older journal must not vouch for the content that begins now.
  if (known.length === 0) await removeDurably(journalPath);
  const file = await openContent(contentPath);
  let received = known;
  let isOpen = true;
  let failure: AppError | undefined;

  /** After a failed call the kernel may have dropped pages: nothing more of this run may be called durable. */
  async function orFail(work: () => Promise<void>): Promise<void> {
    if (failure !== undefined) throw failure;
    try {
      await work();
    } catch (error) {
      failure = toDiskError(
        error,
        contentPath,
        options.sizeBytes - received.reduce((sum, range) => sum + range.end - range.start, 0),
      );
      throw failure;
    }
  }

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await file.close();
  }

  return {
    received: known,
    write: async (offset, bytes) => {
      if (offset < 0 || offset + bytes.length > options.sizeBytes) {
        throw new AppError(
          'BUNDLE_DIGEST_MISMATCH',
          `content reaches past the ${String(options.sizeBytes)} bytes of ${options.digest}`,
          { want: options.digest },
        );
      }
      await orFail(() => writeFully(file, bytes, offset));
      received = addRange(received, { start: offset, end: offset + bytes.length });
    },
    checkpoint: async () => {
      await orFail(async () => {
        // Taken before the sync: what is written while it runs may not be part of it.
        const durable = received;
        await file.datasync();
        await writeFileDurably(journalPath, JSON.stringify({ sizeBytes: options.sizeBytes, received: durable }));
      });
    },
    finish: async () => {
      await orFail(() => file.datasync());
      await close();
      await verifyContent(contentPath, journalPath, options);
      // In this order a kill between the two leaves a journal without content, which says nothing.
      await renameDurably(contentPath, options.finalPath);
      await removeIfThere(journalPath);
    },
    close,
  };
}

/** Forgets a blob that will not be completed. */
export async function discardPartialBlob(folder: string, digest: Digest): Promise<void> {
  const contentPath = join(folder, digestHex(digest));
  await removeIfThere(`${contentPath}.ranges.json`);
  await removeIfThere(contentPath);
}

async function verifyContent(
  contentPath: string,
  journalPath: string,
  want: { digest: Digest; sizeBytes: number },
): Promise<void> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(contentPath, { highWaterMark: MIB })) hash.update(block as Uint8Array);
  const found = `sha256:${hash.digest('hex')}`;
  if (found === want.digest) return;
  await rm(contentPath, { force: true });
  await rm(journalPath, { force: true });
  throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${want.digest}, the content has ${found}`, {
    want: want.digest,
    got: found,
  });
}

async function openContent(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (!isNotFound(error)) throw toDiskError(error, path);
    return open(path, 'wx+');
  }
}

/** One call may take only a part of the bytes when the disk is nearly full. */
async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

async function readJournal(journalPath: string, contentPath: string, sizeBytes: number): Promise<Range[]> {
  try {
    const journal = Journal.parse(JSON.parse(await readFile(journalPath, 'utf8')));
    const { size } = await stat(contentPath);
    if (journal.sizeBytes !== sizeBytes) return [];
    return journal.received.filter((range) => range.end <= size);
  } catch {
    // No journal, or a torn one: nothing of the content is known to be durable, so it is fetched again.
    return [];
  }
}

/** Joins a range into a sorted list without overlaps. */
export function addRange(ranges: readonly Range[], added: Range): Range[] {
  if (added.start === added.end) return [...ranges];
  const apart = ranges.filter((range) => range.end < added.start || range.start > added.end);
  const touching = ranges.filter((range) => range.end >= added.start && range.start <= added.end);
  const joined = {
    start: Math.min(added.start, ...touching.map((range) => range.start)),
    end: Math.max(added.end, ...touching.map((range) => range.end)),
  };
  return [...apart, joined].sort((a, b) => a.start - b.start);
}
