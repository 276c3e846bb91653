import { stat } from 'node:fs/promises';
import { openVolumeLayout, type VolumeLayout } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { modelFolderOpener, withModelFolders } from '#native/model-folders/index.ts';
import { createModelScanner } from '#native/model-scan/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import type { InputOpener } from './bundle-input.ts';

/** Untrusted: a model folder of MLflow as the layout that it gives; null when the path is none. Nothing is written. */
export async function openModelFolder(path: string): Promise<VolumeLayout | null> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return null;
  const volume = await modelFolderOpener(nodeFolderOpener).open(path);
  if (volume.folder === undefined) return null;
  const access = withModelFolders(nodeMediaAccess, { parseYaml, scanner: createModelScanner() });
  return openVolumeLayout(access.reader(volume), nodeHasher);
}

/** A model folder of MLflow, with its OpenSSF Model Signing signature when there is one. */
export const modelFolder: InputOpener = async (path) => {
  const layout = await openModelFolder(path);
  if (layout === null) return null;
  return {
    kind: 'model folder of MLflow',
    reader: layout,
    bundles: layout.bundles(),
    referrersOf: (digest) => layout.referrersOf(digest),
    close: () => Promise.resolve(),
  };
};
