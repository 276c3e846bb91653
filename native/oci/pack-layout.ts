import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { BundleSpec } from '#contracts/bundle.ts';
import { AppError, isAppError, type Digest } from '#core/base/index.ts';
import { packBundle, pathsOf, type SpecFile } from '#core/bundle/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { createLayoutWriter } from './layout-writer.ts';
import { streamPlainFile } from './layout-files.ts';

/** Packs the files of a specification into a layout folder and names the bundle's digest. Same inputs, same bytes. */
export async function packLayout(options: {
  spec: BundleSpec;
  specDir: string;
  outDir: string;
  hasher: Hasher;
}): Promise<Digest> {
  const { spec, specDir, outDir, hasher } = options;
  const files = new Map<string, SpecFile>();
  for (const path of pathsOf(spec)) files.set(path, await hashFile(resolve(specDir, path), path));
  const packed = packBundle(spec, files, hasher);
  const writer = await createLayoutWriter(outDir);
  for (const [path, file] of packed.files) await writer.putFile(file.digest, resolve(specDir, path));
  for (const blob of packed.blobs) await writer.putBytes(blob.descriptor.digest, blob.bytes);
  await writer.writeIndex([packed.bundle, ...packed.referrers]);
  return packed.bundle.digest;
}

async function hashFile(path: string, shown: string): Promise<SpecFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const piece of streamPlainFile(path)) {
      hash.update(piece);
      sizeBytes += piece.length;
    }
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND'))
      throw new AppError(
        'BUNDLE_SPEC_INVALID',
        `the specification names ${shown}, which is not there`,
        { path: shown },
        { cause: error },
      );
    throw error;
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}
