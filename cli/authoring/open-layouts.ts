import { AppError, type Digest } from '#core/base/index.ts';
import { sourceBundleOf, type SourceBundle } from '#core/media/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { openLayout, type LayoutReader } from '#native/oci/index.ts';
import { openLayoutArchive } from '../inputs/archive-file.ts';
import { openModelFolder } from '../inputs/model-folder.ts';

/** Bundles of several layouts, and one reader of all their blobs: sets share what their bundles share. */
export async function openLayouts(
  paths: readonly string[],
): Promise<{ bundles: SourceBundle[]; blobs: BlobReader; layouts: LayoutReader[] }> {
  const layouts = await Promise.all(
    paths.map(async (path) => (await openLayoutArchive(path)) ?? (await openModelFolder(path)) ?? openLayout(path)),
  );
  const bundles = new Map<string, SourceBundle>();
  for (const layout of layouts) {
    for (const listed of layout.bundles())
      bundles.set(listed.digest, await sourceBundleOf(layout, listed, layout.referrersOf(listed.digest)));
  }
  if (bundles.size === 0)
    throw new AppError('BUNDLE_LAYOUT_INVALID', 'the layouts hold no bundle', { paths: [...paths] });
  const holding = async (digest: Digest): Promise<LayoutReader> => {
    for (const layout of layouts) if ((await layout.size(digest)) !== undefined) return layout;
    throw new AppError('BUNDLE_BLOB_MISSING', `${digest} is in none of the layouts`, { digest });
  };
  const blobs: BlobReader = {
    size: async (digest) => (await holding(digest)).size(digest),
    read: async (digest, limitBytes) => (await holding(digest)).read(digest, limitBytes),
    async *stream(digest, range) {
      yield* (await holding(digest)).stream(digest, range);
    },
  };
  return { bundles: [...bundles.values()], blobs, layouts };
}
