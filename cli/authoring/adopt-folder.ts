import { AppError, type Digest } from '#core/base/index.ts';
import { BUNDLE_LIMITS } from '#core/bundle/index.ts';
import { sourceBundleOf } from '#core/media/index.ts';
import { createLayoutWriter } from '#native/oci/index.ts';
import { openModelFolder } from '../inputs/model-folder.ts';
import { refuseFilled } from './create-layout.ts';

export interface AdoptedFolder {
  readonly digest: Digest;
  readonly model: string;
  readonly version: string;
  readonly layout: string;
  /** Whether the folder brought a signature of its own. Nobody has verified it. */
  readonly signed: boolean;
}

/** Writes the bundle that a model folder gives into a new layout. Same files, same digest; the folder is only read. */
export async function adoptFolder(folder: string, outDir: string): Promise<AdoptedFolder> {
  await refuseFilled(outDir);
  const layout = await openModelFolder(folder);
  const [listed] = layout?.bundles() ?? [];
  if (layout === null || listed === undefined)
    throw new AppError('MODEL_FOLDER_INVALID', `${folder} is no model folder: it has no MLmodel`, { folder });
  const referrers = layout.referrersOf(listed.digest);
  const { blobs } = await sourceBundleOf(layout, listed, referrers);
  const writer = await createLayoutWriter(outDir);
  for (const { digest, sizeBytes } of blobs) {
    if (sizeBytes > BUNDLE_LIMITS.manifestBytes) await writer.putStream(digest, layout.stream(digest), digest);
    else await writer.putBytes(digest, await layout.read(digest, BUNDLE_LIMITS.manifestBytes));
  }
  const manifests = layout.index.manifests.filter(
    ({ digest }) => digest === listed.digest || referrers.includes(digest),
  );
  await writer.writeIndex(manifests);
  const { digest, model, version } = listed;
  return { digest, model, version, layout: outDir, signed: referrers.length > 0 };
}
