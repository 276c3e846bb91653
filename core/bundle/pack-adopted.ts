import { ANNOTATIONS, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { descriptorJson, jsonBlob, type MadeBlob } from './blob.ts';
import type { Adopted, AdoptedFile } from './loaded.ts';

/** The manifest that keeps every file of the folder under its own name, so that the folder's signature can be verified again anywhere. */
export function packAdopted({ files }: Adopted, hasher: Hasher): MadeBlob {
  const config = jsonBlob(MEDIA_TYPES.emptyJson, {}, hasher);
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return jsonBlob(
    MEDIA_TYPES.ociManifest,
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.adoptedManifest,
      config: descriptorJson(config.descriptor),
      layers: sorted.map((file) => descriptorJson(layerOf(file))),
    },
    hasher,
    { artifactType: MEDIA_TYPES.adoptedManifest },
  );
}

function layerOf({ name, digest, sizeBytes }: AdoptedFile): Descriptor {
  return {
    mediaType: MEDIA_TYPES.adoptedFile,
    digest,
    size: sizeBytes,
    annotations: { [ANNOTATIONS.filepath]: name },
  };
}
