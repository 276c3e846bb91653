import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError, digestHex, MIB, type Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { removeDurably, removeIfThere, renameDurably, TEMP_SUFFIX, tempPathFor } from './durable-file.ts';
import { isNotFound, toDiskError } from './os-codes.ts';
import { discardPartialBlob, openPartialBlob } from './partial-blob.ts';

const HEX = /^[0-9a-f]{64}$/;

/**
 * The content-addressed store as a folder: `blobs/sha256/aa/<hex>` for what is complete, `partial/<hex>*` for what arrives.
 * Opening it removes temp files of earlier runs and keeps partial blobs.
 */
export async function folderBlobStore(directory: string): Promise<BlobStore> {
  const root = join(directory, 'blobs', 'sha256');
  const partials = join(directory, 'partial');
  await mkdir(root, { recursive: true });
  await mkdir(partials, { recursive: true });
  await removeTempFiles(root);

  const pathOf = (digest: Digest): string => join(root, digestHex(digest).slice(0, 2), digestHex(digest));

  async function shardFor(digest: Digest): Promise<string> {
    await mkdir(join(root, digestHex(digest).slice(0, 2)), { recursive: true });
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

  return {
    size,
    pathOf,
    has: async (digest) => (await size(digest)) !== undefined,
    read: (digest, limitBytes) => readChecked(pathOf(digest), digest, limitBytes),
    stream: (digest, range) => createReadStream(pathOf(digest), { highWaterMark: MIB, ...(range === undefined ? {} : { start: range.start, end: range.end - 1 }) }),
    put: async (digest, content) => {
      if ((await size(digest)) === undefined) await writeBlob(await shardFor(digest), digest, content);
    },
    delete: async (digest) => {
      await discardPartialBlob(partials, digest);
      await removeDurably(pathOf(digest)).catch((error: unknown) => { if (!isNotFound(error)) throw toDiskError(error, pathOf(digest)); });
    },
    list: () => listBlobs(root),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
    openPartial: async (digest, sizeBytes) => openPartialBlob({ folder: partials, digest, sizeBytes, finalPath: await shardFor(digest) }),
  };
}

async function readChecked(path: string, digest: Digest, limitBytes: number): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > limitBytes) throw new AppError('INPUT_TOO_LARGE', `${digest} has ${String(size)} bytes, the limit is ${String(limitBytes)}`, { digest, size, limitBytes });
    bytes = await readFile(path);
  } catch (error) {
    if (isNotFound(error)) throw new AppError('NOT_FOUND', `no blob ${digest}`, { digest }, { cause: error });
    throw toDiskError(error, path);
  }
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}, the stored content has ${found}`, { want: digest, got: found });
  return bytes;
}

async function writeBlob(path: string, digest: Digest, content: AsyncIterable<Uint8Array>): Promise<void> {
  const temp = tempPathFor(path);
  const hash = createHash('sha256');
  try {
    const file = await open(temp, 'wx');
    try {
      for await (const block of content) {
        hash.update(block);
        await file.write(block);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw new AppError('BUNDLE_DIGEST_MISMATCH', `expected ${digest}, the content has ${found}`, { want: digest, got: found });
    await renameDurably(temp, path);
  } catch (error) {
    await removeIfThere(temp);
    throw toDiskError(error, path);
  }
}

async function* listBlobs(root: string): AsyncIterable<Digest> {
  for await (const shard of await opendir(root)) {
    for (const name of (await readdir(join(root, shard.name))).sort()) {
      if (HEX.test(name)) yield `sha256:${name}`;
    }
  }
}

async function removeTempFiles(root: string): Promise<void> {
  for (const shard of await readdir(root)) {
    for (const name of await readdir(join(root, shard))) {
      if (name.endsWith(TEMP_SUFFIX)) await removeIfThere(join(root, shard, name));
    }
  }
}
