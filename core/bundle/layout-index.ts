import { ANNOTATIONS, ImageIndex, ImageManifest, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { z } from 'zod';
import { AppError, canonicalJson, type Digest } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { isAttachedByTag } from './attachment-tags.ts';
import { descriptorJson } from './blob.ts';
import { BUNDLE_LIMITS } from './limits.ts';

/** `oci-layout` of OCI image-spec 1.1. */
export const LAYOUT_MARKER = '{"imageLayoutVersion":"1.0.0"}';

const LayoutMarker = z.object({ imageLayoutVersion: z.string().regex(/^1\.\d+\.\d+$/) });

/** Untrusted: the `oci-layout` file. BUNDLE_LAYOUT_INVALID when it is not of version 1 (image-layout, "oci-layout file"). */
export function checkLayoutMarker(bytes: Uint8Array): void {
  if (bytes.length > BUNDLE_LIMITS.layoutFileBytes)
    throw new AppError('BUNDLE_LAYOUT_INVALID', 'oci-layout is too large', {});
  parseAs(bytes, LayoutMarker);
}

/** The `index.json` of a layout: bundles by name, and their referrers. */
export function layoutIndexText(manifests: readonly Descriptor[]): string {
  return canonicalJson({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: manifests.map(descriptorJson) });
}

/** Untrusted: an `index.json`. BUNDLE_LAYOUT_INVALID when it is none, or when one tag names two things. */
export function parseLayoutIndex(bytes: Uint8Array): ImageIndex {
  const index = parseAs(bytes, ImageIndex);
  const tags = index.manifests.flatMap((manifest) => manifest.annotations?.[ANNOTATIONS.refName] ?? []);
  const twice = tags.find((tag, at) => tags.indexOf(tag) !== at);
  if (twice !== undefined)
    throw new AppError('BUNDLE_LAYOUT_INVALID', `index.json gives the tag ${JSON.stringify(twice)} twice`, {
      tag: twice,
    });
  return index;
}

/** What a listing shows of a bundle before anything is verified. */
export interface ListedBundle {
  readonly digest: Digest;
  readonly model: string;
  readonly version: string;
  readonly title: string;
}

/** Bundles that an index lists, in its order. The texts are unsigned. */
export function listedBundles(index: ImageIndex): ListedBundle[] {
  return index.manifests
    .filter(
      (manifest) =>
        manifest.mediaType === MEDIA_TYPES.ociIndex &&
        (manifest.artifactType ?? MEDIA_TYPES.bundle) === MEDIA_TYPES.bundle &&
        !isAttachedByTag(manifest),
    )
    .map(({ digest, annotations = {} }) => ({
      digest,
      model: annotations[ANNOTATIONS.model] ?? '',
      version: annotations[ANNOTATIONS.version] ?? annotations[ANNOTATIONS.refName] ?? '',
      title: annotations[ANNOTATIONS.title] ?? '',
    }));
}

/** Untrusted: the subject of a listed manifest; null when it has none. */
export function subjectOf(bytes: Uint8Array): Digest | null {
  return parseAs(bytes, ImageManifest).subject?.digest ?? null;
}

function parseAs<T>(bytes: Uint8Array, schema: { parse(value: unknown): T }): T {
  try {
    return schema.parse(parseStrictJson(bytes, { bytes: BUNDLE_LIMITS.layoutIndexBytes }));
  } catch (cause) {
    const why = cause instanceof AppError ? cause.message : 'a document of the layout is not of its form';
    throw new AppError('BUNDLE_LAYOUT_INVALID', why, {}, { cause });
  }
}
