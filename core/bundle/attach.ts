import { ANNOTATIONS, MEDIA_TYPES, type Descriptor, type ImageIndex } from '#contracts/bundle.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { listedBundles } from './layout-index.ts';

/** The one bundle of a layout, or the one that a digest or version names. BUNDLE_LAYOUT_INVALID when that is not one. */
export function selectBundle(index: ImageIndex, wanted?: string): Descriptor {
  const bundles = listedBundles(index).filter(
    (bundle) => wanted === undefined || bundle.digest === wanted || bundle.version === wanted,
  );
  const [only] = bundles;
  if (only === undefined || bundles.length > 1) {
    const found = bundles.map((bundle) => `${bundle.model}:${bundle.version}`);
    throw new AppError(
      'BUNDLE_LAYOUT_INVALID',
      `one bundle is needed, the layout has ${String(bundles.length)}${found.length > 0 ? ` (${found.join(', ')})` : ''}`,
      { found },
    );
  }
  return descriptorOf(index, only.digest);
}

function descriptorOf(index: ImageIndex, digest: Digest): Descriptor {
  const descriptor = index.manifests.find((manifest) => manifest.digest === digest);
  if (descriptor === undefined)
    throw new AppError('BUNDLE_LAYOUT_INVALID', `index.json does not list ${digest}`, { digest });
  return descriptor;
}

/** Listed in-toto statements of a bundle that nobody has signed yet. */
export function unsignedStatements(index: ImageIndex, referrers: readonly Digest[]): Descriptor[] {
  return index.manifests.filter(
    (manifest) => referrers.includes(manifest.digest) && manifest.artifactType === MEDIA_TYPES.inToto,
  );
}

/** What the statement of a listed referrer is about, as its annotation says. */
export function predicateTypeOf(referrer: Descriptor): string {
  return referrer.annotations?.[ANNOTATIONS.predicateType] ?? '';
}
