import { stat } from 'node:fs/promises';
import { openVolumeLayout, type VolumeLayout } from '#core/media/index.ts';
import { archiveOpener, isArchiveName, withArchives } from '#native/archives/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import type { InputOpener } from './bundle-input.ts';

/** Untrusted: the layout in an archive file; null when the path is no archive. Nothing is unpacked to disk. */
export async function openLayoutArchive(path: string): Promise<VolumeLayout | null> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile || !isArchiveName(path)) return null;
  const volume = await archiveOpener(nodeFolderOpener).open(path);
  return openVolumeLayout(withArchives(nodeMediaAccess).reader(volume), nodeHasher);
}

/** An archive (tar, tar.gz, tar.zst) of an OCI image layout. */
export const archiveFile: InputOpener = async (path) => {
  const layout = await openLayoutArchive(path);
  if (layout === null) return null;
  return {
    kind: 'archive of an OCI layout',
    reader: layout,
    bundles: layout.bundles(),
    referrersOf: (digest) => layout.referrersOf(digest),
    close: () => Promise.resolve(),
  };
};
