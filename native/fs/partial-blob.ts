import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { PartialBlob } from '#core/storage/ports.ts';
import { removeIfThere, renameDurably, writeFileDurably } from './durable-file.ts';
import { isNotFound, toDiskError } from './os-codes.ts';

const Journal = z.object({ sizeBytes: z.number().int().min(0), received: z.array(z.object({ start: z.number().int().min(0), end: z.number().int().min(0) })).max(1_000_000) });

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A blob that arrives in pieces. The journal beside the content names only ranges that were fsynced before the journal was written,
 * so after a kill it may say too little, never too much.
 */
export async function openPartialBlob(options: { folder: string; digest: Digest; sizeBytes: number; finalPath: string }): Promise<PartialBlob> {
  const contentPath = join(options.folder, digestHex(options.digest));
  const journalPath = `${contentPath}.ranges.json`;
  const known = await readJournal(journalPath, contentPath, options.sizeBytes);
  const file = await openContent(contentPath);
  let received = known;
  let isOpen = true;

  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await file.close();
  }

  return {
    received: known,
    write: async (offset, bytes) => {
      if (offset < 0 || offset + bytes.length > options.sizeBytes) {
        throw new AppError('BUNDLE_DIGEST_MISMATCH', `content reaches past the ${String(options.sizeBytes)} bytes of ${options.digest}`, { want: options.digest });
      }
      await writeFully(file, bytes, offset, contentPath);
      received = addRange(received, { start: offset, end: offset + bytes.length });
    },
    checkpoint: async () => {
      await syncContent(file, contentPath);
      await writeFileDurably(journalPath, JSON.stringify({ sizeBytes: options.sizeBytes, received }));
    },
    finish: async () => {
      await syncContent(file, contentPath);
      await close();
      await verifyContent(contentPath, journalPath, options);
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

async function verifyContent(contentPath: string, journalPath: string, want: { digest: Digest; sizeBytes: number }): Promise<void> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(contentPath, { highWaterMark: MIB })) hash.update(block as Uint8Array);
  const found = `sha256:${hash.digest('hex')}`;
  if (found === want.digest) return;
  await rm(contentPath, { force: true });
  await rm(journalPath, { force: true });
  throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${want.digest}, the content has ${found}`, { want: want.digest, got: found });
}

async function openContent(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (!isNotFound(error)) throw toDiskError(error, path);
    return open(path, 'wx+');
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number, path: string): Promise<void> {
  try {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, offset + written);
      written += bytesWritten;
    }
  } catch (error) {
    throw toDiskError(error, path, bytes.length);
  }
}

/** A failed fsync means that the kernel may have dropped the pages: the write is lost, never "tried again". */
async function syncContent(file: FileHandle, path: string): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    throw toDiskError(error, path);
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
  const joined = { start: Math.min(added.start, ...touching.map((range) => range.start)), end: Math.max(added.end, ...touching.map((range) => range.end)) };
  return [...apart, joined].sort((a, b) => a.start - b.start);
}
