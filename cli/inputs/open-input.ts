import { AppError } from '#core/base/index.ts';
import type { ListedBundle } from '#core/bundle/index.ts';
import { archiveFile } from './archive-file.ts';
import type { BundleInput, InputOpener, InputSecrets } from './bundle-input.ts';
import { layoutFolder } from './layout-folder.ts';
import { mediaSetFolder } from './media-set-folder.ts';
import { modelFolder } from './model-folder.ts';

/** In order: the first that knows the path opens it. A new kind of input is one line here. */
const OPENERS: readonly InputOpener[] = [archiveFile, mediaSetFolder, layoutFolder, modelFolder];

/** Untrusted: opens whatever a person hands over. BUNDLE_LAYOUT_INVALID when nothing knows it. */
export async function openInput(path: string, secrets: InputSecrets = {}): Promise<BundleInput> {
  for (const open of OPENERS) {
    const input = await open(path, secrets);
    if (input !== null) return input;
  }
  throw new AppError('BUNDLE_LAYOUT_INVALID', `${path} is no bundle that Gantry can open`, { path });
}

/** The bundle that a version or digest names; without a name there must be exactly one. */
export function selectListed(input: BundleInput, wanted: string | undefined): ListedBundle {
  const fitting = input.bundles.filter(
    (bundle) =>
      wanted === undefined ||
      bundle.digest === wanted ||
      bundle.version === wanted ||
      `${bundle.model}:${bundle.version}` === wanted,
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (input.bundles.length === 0)
    throw new AppError('BUNDLE_LAYOUT_FOREIGN', `the ${input.kind} lists no model bundle`, { kind: input.kind });
  const found = input.bundles.map((bundle) => `${bundle.model}:${bundle.version}`);
  throw new AppError(
    'BUNDLE_LAYOUT_INVALID',
    `one bundle is needed, ${String(fitting.length)} of ${String(found.length)} fit; choose with --bundle`,
    { found },
  );
}
