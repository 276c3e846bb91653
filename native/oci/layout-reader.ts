import { join } from 'node:path';
import type { ImageIndex } from '#contracts/bundle.ts';
import { AppError, isAppError, type Digest } from '#core/base/index.ts';
import {
  BUNDLE_LIMITS,
  checkLayoutMarker,
  findLayoutReferrers,
  listedBundles,
  parseLayoutIndex,
  type ListedBundle,
} from '#core/bundle/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';
import {
  blobPath,
  digestOfPlainFile,
  plainFileSize,
  readPlainFile,
  refuseLinkedFolders,
  streamPlainFile,
} from './layout-files.ts';

/** An OCI image layout on a disk or medium, opened for reading. */
export interface LayoutReader extends BlobReader {
  /** Bundles that index.json lists. The texts are unsigned: show them, believe nothing. */
  bundles(): readonly ListedBundle[];
  /** Manifests of the layout that are attached to this digest, by subject or by tag. */
  referrersOf(digest: Digest): readonly Digest[];
  /** What index.json lists, in its order. */
  readonly index: ImageIndex;
}

/**
 * Untrusted: opens a layout folder. BUNDLE_LAYOUT_INVALID when it is none, BUNDLE_LINK_REFUSED when part of it is a link.
 * Content is judged by `readBundle` and the verification, not here.
 */
export async function openLayout(dir: string): Promise<LayoutReader> {
  await refuseLinkedFolders(dir);
  checkLayoutMarker(await readLayoutFile(join(dir, 'oci-layout'), BUNDLE_LIMITS.layoutFileBytes));
  const index = parseLayoutIndex(await readLayoutFile(join(dir, 'index.json'), BUNDLE_LIMITS.layoutIndexBytes));
  const referrers = await findLayoutReferrers(index, (digest, limitBytes) => readChecked(dir, digest, limitBytes));
  return {
    index,
    bundles: () => listedBundles(index),
    referrersOf: (digest) => referrers.get(digest) ?? [],
    size: (digest) => plainFileSize(blobPath(dir, digest)),
    read: (digest, limitBytes) => readChecked(dir, digest, limitBytes),
    storedDigest: (digest, options) => digestOfPlainFile(blobPath(dir, digest), options),
    stream: (digest, range) => streamPlainFile(blobPath(dir, digest), range),
  };
}

async function readLayoutFile(path: string, limitBytes: number): Promise<Uint8Array> {
  try {
    return await readPlainFile(path, limitBytes);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND'))
      throw new AppError('BUNDLE_LAYOUT_INVALID', `${path} is missing`, { path }, { cause: error });
    if (isAppError(error, 'INPUT_TOO_LARGE'))
      throw new AppError('BUNDLE_TOO_LARGE', error.message, { path }, { cause: error });
    throw error;
  }
}

async function readChecked(dir: string, digest: Digest, limitBytes: number): Promise<Uint8Array> {
  const bytes = await readPlainFile(blobPath(dir, digest), limitBytes);
  const found = nodeHasher.sha256(bytes);
  if (found !== digest)
    throw new AppError('BUNDLE_DIGEST_MISMATCH', `${digest} is named, the content is ${found}`, {
      want: digest,
      got: found,
    });
  return bytes;
}
