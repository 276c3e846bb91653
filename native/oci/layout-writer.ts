import { createHash } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from '#contracts/bundle.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { LAYOUT_MARKER, layoutIndexText } from '#core/bundle/index.ts';
import { isNotFound, renameDurably, toDiskError, writeFileDurably } from '#native/fs/index.ts';
import { blobPath, streamPlainFile } from './layout-files.ts';

/** Writes an OCI image layout. Blobs first, index.json last: a layout that was cut short names nothing that is missing. */
export interface LayoutWriter {
  putBytes(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** Copies a file whose content must have this digest: BUNDLE_DIGEST_MISMATCH when it changed since it was hashed. */
  putFile(digest: Digest, sourcePath: string): Promise<void>;
  /** The same for content that comes from elsewhere; `name` is what a person knows it by. */
  putStream(digest: Digest, content: AsyncIterable<Uint8Array>, name: string): Promise<void>;
  /** Removes a blob that nothing names any more. */
  removeBlob(digest: Digest): Promise<void>;
  /** Publishes what the layout lists. */
  writeIndex(manifests: readonly Descriptor[]): Promise<void>;
}

export async function createLayoutWriter(dir: string): Promise<LayoutWriter> {
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true });
  return {
    putBytes: async (digest, bytes) => {
      if (!(await exists(blobPath(dir, digest)))) await writeFileDurably(blobPath(dir, digest), bytes);
    },
    putFile: (digest, sourcePath) => copyBlob(dir, digest, { content: streamPlainFile(sourcePath), name: sourcePath }),
    putStream: (digest, content, name) => copyBlob(dir, digest, { content, name }),
    removeBlob: (digest) => rm(blobPath(dir, digest), { force: true }),
    writeIndex: async (manifests) => {
      await writeFileDurably(join(dir, 'oci-layout'), LAYOUT_MARKER);
      await writeFileDurably(join(dir, 'index.json'), layoutIndexText(manifests));
    },
  };
}

async function copyBlob(
  dir: string,
  digest: Digest,
  { content, name }: { content: AsyncIterable<Uint8Array>; name: string },
): Promise<void> {
  const target = blobPath(dir, digest);
  if (await exists(target)) return;
  const temp = `${target}.tmp`;
  try {
    const hash = createHash('sha256');
    const file = await open(temp, 'w');
    try {
      for await (const piece of content) {
        hash.update(piece);
        await file.write(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest)
      throw new AppError('BUNDLE_DIGEST_MISMATCH', `${name} changed while it was packed`, {
        path: name,
        want: digest,
        got: found,
      });
    await renameDurably(temp, target);
  } catch (error) {
    await rm(temp, { force: true });
    throw toDiskError(error, target);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw toDiskError(error, path);
  }
}
