import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { removeDurably, removeIfThere, renameDurably, TEMP_SUFFIX, tempPathFor } from './durable-file.ts';
import { fileSystemLimits } from './file-system-limits.ts';
import { fsyncDirectory } from './fsync-directory.ts';
import { makeFolderDurably } from './make-folder.ts';
import type { FileHasher } from './file-hasher.ts';
import { isNotFound, toDiskError } from './os-codes.ts';
import { discardPartialBlob, JOURNAL_SUFFIX, openPartialBlob } from './partial-blob.ts';
import { createStoredDigests } from './stored-digests.ts';

const HEX = /^[0-9a-f]{64}$/;

/**
 * The content-addressed store as a folder: `blobs/sha256/aa/<hex>` for what is complete, `partial/<hex>*` for what arrives.
 * Opening it removes what a kill left (temp files, journals of content that was published) and keeps partial blobs. With a hasher, large content is hashed away from this thread.
 */
export async function folderBlobStore(directory: string, hasher?: FileHasher): Promise<BlobStore> {
  const root = join(directory, 'blobs', 'sha256');
  const partials = join(directory, 'partial');
  await makeFolderDurably(root, directory);
  await makeFolderDurably(partials, directory);
  await removeTempFiles(partials);
  await removeLonelyJournals(partials);
  for (const shard of await readdir(root)) await removeTempFiles(join(root, shard));

  const pathOf = (digest: Digest): string => join(root, digestHex(digest).slice(0, 2), digestHex(digest));

  /** Everybody who needs a new shard waits until its name is durable, not only who made it. */
  const shards = new Map<string, Promise<void>>();
  async function readyPath(digest: Digest): Promise<string> {
    const name = digestHex(digest).slice(0, 2);
    const made = shards.get(name) ?? makeShard(join(root, name), root);
    shards.set(name, made);
    try {
      await made;
    } catch (error) {
      shards.delete(name);
      throw error;
    }
    return pathOf(digest);
  }

  async function size(digest: Digest): Promise<number | undefined> {
    try {
      return (await stat(pathOf(digest))).size;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw toDiskError(error, pathOf(digest));
    }
  }

  const stored = hasher === undefined ? undefined : createStoredDigests(hasher, pathOf);
  const arriving = (digest: Digest): Pick<Parameters<typeof openPartialBlob>[0], 'hasher' | 'onReadBack'> =>
    hasher === undefined || stored === undefined ? {} : { hasher, onReadBack: () => stored.noteReadBack(digest) };

  return {
    size,
    pathOf,
    ...(stored === undefined ? {} : { storedDigest: stored.digestOf }),
    has: async (digest) => (await size(digest)) !== undefined,
    read: (digest, limitBytes) => readChecked(pathOf(digest), digest, limitBytes),
    stream: (digest, range) => streamFile(pathOf(digest), digest, range),
    put: async (digest, content) => {
      if ((await size(digest)) === undefined) await writeBlob(await readyPath(digest), digest, content);
    },
    delete: async (digest) => {
      await discardPartialBlob(partials, digest);
      try {
        await removeDurably(pathOf(digest));
      } catch (error) {
        if (!isNotFound(error)) throw toDiskError(error, pathOf(digest));
      }
    },
    list: () => listBlobs(root),
    freeBytes: async () => (await fileSystemLimits(directory)).freeBytes ?? Number.POSITIVE_INFINITY,
    limits: () => fileSystemLimits(directory),
    openPartial: async (digest, sizeBytes) =>
      openPartialBlob({
        folder: partials,
        digest,
        sizeBytes,
        finalPath: () => readyPath(digest),
        ...arriving(digest),
      }),
  };
}

/** The shard's own flush comes with the first blob in it; the store's folders were made durable when it was opened. */
async function makeShard(folder: string, root: string): Promise<void> {
  try {
    if ((await mkdir(folder, { recursive: true })) !== undefined) await fsyncDirectory(root);
  } catch (error) {
    throw toDiskError(error, folder);
  }
}

async function readChecked(path: string, digest: Digest, limitBytes: number): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `${digest} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, {
        digest,
        size,
        limitBytes,
      });
    bytes = await readFile(path);
  } catch (error) {
    throw readError(error, path, digest);
  }
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest)
    throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}, the stored content has ${found}`, {
      want: digest,
      got: found,
    });
  return bytes;
}

async function* streamFile(
  path: string,
  digest: Digest,
  range: { start: number; end: number } | undefined,
): AsyncGenerator<Uint8Array> {
  // Node's own range is inclusive and has no empty form.
  const isEmpty = range !== undefined && range.end <= range.start;
  const options = range === undefined || isEmpty ? {} : { start: range.start, end: range.end - 1 };
  try {
    if (isEmpty) await stat(path);
    else yield* createReadStream(path, { highWaterMark: MIB, ...options }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw readError(error, path, digest);
  }
}

function readError(error: unknown, path: string, digest: Digest): AppError {
  return isNotFound(error)
    ? new AppError('NOT_FOUND', `no blob ${digest}`, { digest }, { cause: error })
    : toDiskError(error, path);
}

async function writeBlob(path: string, digest: Digest, content: AsyncIterable<Uint8Array>): Promise<void> {
  const temp = tempPathFor(path);
  const hash = createHash('sha256');
  const source = { failed: false };
  let neededBytes = 0;
  try {
    const file = await open(temp, 'wx');
    try {
      for await (const block of watched(content, source)) {
        hash.update(block);
        neededBytes += block.length;
        // Not `write`: that may take only a part of the block when the disk is nearly full.
        await file.writeFile(block);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest)
      throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}, the content has ${found}`, {
        want: digest,
        got: found,
      });
    await renameDurably(temp, path);
  } catch (error) {
    await removeIfThere(temp);
    throw source.failed ? error : toDiskError(error, path, neededBytes);
  }
}

/** Tells the sender's failures, a cancellation among them, from those of our disk. */
async function* watched(content: AsyncIterable<Uint8Array>, source: { failed: boolean }): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    source.failed = true;
    throw error;
  }
}

async function* listBlobs(root: string): AsyncIterable<Digest> {
  for await (const shard of await opendir(root)) {
    for (const name of (await readdir(join(root, shard.name))).sort()) {
      if (HEX.test(name)) yield `sha256:${name}`;
    }
  }
}

/** What a killed process left: no reader ever saw it under its real name. */
async function removeTempFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(TEMP_SUFFIX)) await removeIfThere(join(folder, name));
  }
}

/** A kill between publishing a blob and forgetting its journal leaves a journal without content: it says nothing. */
async function removeLonelyJournals(folder: string): Promise<void> {
  const names = new Set(await readdir(folder));
  for (const name of names) {
    if (name.endsWith(JOURNAL_SUFFIX) && !names.has(name.slice(0, -JOURNAL_SUFFIX.length)))
      await removeIfThere(join(folder, name));
  }
}
