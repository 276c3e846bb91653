import type { Descriptor } from '#contracts/bundle.ts';
import { canonicalJson, type Json } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** A small blob that the packer made, with its descriptor. */
export interface MadeBlob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** What a descriptor says beside type, digest and size. */
export type DescriptorExtras = Pick<Descriptor, 'artifactType' | 'annotations' | 'platform'>;

/** Canonical JSON as a blob: the same document has the same digest everywhere. */
export function jsonBlob(mediaType: string, document: Json, hasher: Hasher, extras: DescriptorExtras = {}): MadeBlob {
  return bytesBlob(mediaType, new TextEncoder().encode(canonicalJson(document)), hasher, extras);
}

export function bytesBlob(
  mediaType: string,
  bytes: Uint8Array,
  hasher: Hasher,
  extras: DescriptorExtras = {},
): MadeBlob {
  return { descriptor: { mediaType, digest: hasher.sha256(bytes), size: bytes.length, ...extras }, bytes };
}

/** A descriptor as a document: zod's `undefined` members do not exist in JSON. */
export function descriptorJson(descriptor: Descriptor): Json {
  const { mediaType, digest, size, artifactType, annotations, platform } = descriptor;
  return { mediaType, digest, size, artifactType, annotations, platform };
}
