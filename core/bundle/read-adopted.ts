import { ANNOTATIONS, ImageManifest, MEDIA_TYPES, type Descriptor, type ImageIndex } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { readDocument } from './document.ts';
import { findingOf } from './finding.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import type { Adopted } from './loaded.ts';
import { checkNames } from './names.ts';

export interface AdoptedRead {
  readonly adopted: Adopted | null;
  readonly blobs: readonly Descriptor[];
  readonly findings: readonly Finding[];
}

/** Untrusted: the files that an index says it was made from; nothing for a bundle that was made as one. */
export async function readAdopted(reader: BlobReader, index: ImageIndex): Promise<AdoptedRead> {
  const form = index.annotations?.[ANNOTATIONS.adoption];
  const manifests = index.manifests.filter((manifest) => manifest.artifactType === MEDIA_TYPES.adoptedManifest);
  const [manifest] = manifests;
  if (manifest === undefined && form === undefined) return { adopted: null, blobs: [], findings: [] };
  if (manifest === undefined || form === undefined || manifests.length > 1)
    return invalid(`One manifest of adopted files and its form are needed, ${String(manifests.length)} found.`, []);
  const read = await readDocument(reader, manifest, {
    schema: ImageManifest,
    limitBytes: BUNDLE_LIMITS.manifestBytes,
  });
  if (!read.ok) return { adopted: null, blobs: [manifest], findings: read.findings };
  const { config, layers } = read.value;
  const blobs = [manifest, config, ...layers];
  const files = layers.flatMap(({ digest, size, annotations }) => {
    const name = annotations?.[ANNOTATIONS.filepath];
    return name === undefined ? [] : [{ name, digest, sizeBytes: size }];
  });
  if (files.length !== layers.length) return invalid('An adopted file has no name.', blobs);
  if (new Set(files.map(({ name }) => name)).size < files.length)
    return invalid('Two adopted files have one name.', blobs);
  return { adopted: { form, files }, blobs, findings: checkNames(layers) };
}

function invalid(message: string, blobs: readonly Descriptor[]): AdoptedRead {
  return { adopted: null, blobs, findings: [findingOf('BUNDLE_MANIFEST_INVALID', 'adopted files', message)] };
}
