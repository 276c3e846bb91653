import { MEDIA_PATHS, type BlobRange, type MediaPart, type MediaSet, type SetDelta } from '#contracts/media.ts';
import { digestHex, MIB, type Digest } from '#core/base/index.ts';

/** A bundle as its source describes it; nothing of it is trusted yet. */
export type SourceBundle = MediaSet['bundles'][number];

/** A file on a medium that carries bytes of blobs. */
export interface SourcePart {
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly stick: number;
  readonly ranges: readonly BlobRange[];
  readonly chunkBytes: number;
  /** Null for a layout: its files are whole blobs, checked by their own digest. */
  readonly chunks: readonly string[] | null;
  /** The file as it lies on the medium, when it is encrypted. */
  readonly sealed?: MediaPart['sealed'];
}

/** What lies on the medium: the encrypted file where there is one, for size and self-check. */
export function storedFormOf(part: SourcePart): Pick<SourcePart, 'digest' | 'sizeBytes' | 'chunks'> {
  return part.sealed ?? part;
}

/** What an import reads from: a media set over one or more sticks, or a plain OCI layout. */
export interface SourceSet {
  readonly kind: 'media-set' | 'layout';
  readonly setId: string;
  /** Digest of the index: two sticks belong together only when it is equal. */
  readonly indexDigest: Digest;
  readonly createdAt: string;
  readonly sticks: number;
  /** Who can read it, when it is encrypted. */
  readonly recipients?: readonly string[] | undefined;
  readonly bundles: readonly SourceBundle[];
  /** What the set leaves out; absent when it carries everything. */
  readonly delta?: SetDelta;
  readonly parts: readonly SourcePart[];
}

/** Block size of new sets: one checked read, and the most that a kill makes us read again beyond the checkpoint distance. */
export const CHUNK_BYTES = 4 * MIB;

/** A media set as an import source. */
export function sourceOfMediaSet(set: MediaSet, indexDigest: Digest): SourceSet {
  return {
    kind: 'media-set',
    setId: set.setId,
    indexDigest,
    createdAt: set.createdAt,
    sticks: set.sticks,
    ...(set.encryption === undefined ? {} : { recipients: set.encryption.recipients }),
    bundles: set.bundles,
    ...(set.delta === undefined ? {} : { delta: set.delta }),
    parts: set.parts.map((part: MediaPart) => ({ ...part, path: `${MEDIA_PATHS.parts}/${part.name}` })),
  };
}

/** A plain OCI layout as an import source: every blob is a part of its own (image-layout, "blobs"). */
export function sourceOfLayout(bundles: readonly SourceBundle[], indexDigest: Digest): SourceSet {
  const blobs = new Map(bundles.flatMap((bundle) => bundle.blobs).map((blob) => [blob.digest, blob]));
  return {
    kind: 'layout',
    setId: `layout-${digestHex(indexDigest).slice(0, 24)}`,
    indexDigest,
    createdAt: '',
    sticks: 1,
    bundles,
    parts: [...blobs.values()].map(({ digest, sizeBytes }) => ({
      name: `blobs/sha256/${digestHex(digest)}`,
      path: `blobs/sha256/${digestHex(digest)}`,
      digest,
      sizeBytes,
      stick: 1,
      ranges: sizeBytes === 0 ? [] : [{ digest, blobOffset: 0, partOffset: 0, length: sizeBytes }],
      chunkBytes: CHUNK_BYTES,
      chunks: null,
    })),
  };
}

/** Sum of a bundle's blobs. */
export function bundleBytes(bundle: SourceBundle): number {
  return bundle.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
}
