import { ANNOTATIONS, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { bytesBlob, descriptorJson, jsonBlob, type MadeBlob } from './blob.ts';

export interface ReferrerContent {
  readonly subject: Descriptor;
  readonly content: Uint8Array;
  /** A signed Sigstore bundle, or a bare in-toto statement that nobody signed yet. */
  readonly kind: 'sigstore' | 'statement';
  readonly predicateType: string;
  readonly createdAt: string;
}

export interface PackedReferrer {
  readonly manifest: MadeBlob;
  readonly blobs: readonly MadeBlob[];
}

/** An OCI 1.1 referrer: a manifest whose `subject` is the bundle, with one layer (cosign's bundle layout). */
export function packReferrer(referrer: ReferrerContent, hasher: Hasher): PackedReferrer {
  const artifactType = referrer.kind === 'sigstore' ? MEDIA_TYPES.sigstoreBundle : MEDIA_TYPES.inToto;
  const config = jsonBlob(MEDIA_TYPES.emptyJson, {}, hasher);
  const layer = bytesBlob(artifactType, referrer.content, hasher);
  const annotations: Record<string, string> = {
    [ANNOTATIONS.created]: referrer.createdAt,
    [ANNOTATIONS.predicateType]: referrer.predicateType,
    ...(referrer.kind === 'sigstore' ? { [ANNOTATIONS.bundleContent]: 'dsse-envelope' } : {}),
  };
  const { mediaType, digest, size } = referrer.subject;
  const manifest = jsonBlob(
    MEDIA_TYPES.ociManifest,
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType,
      config: descriptorJson(config.descriptor),
      layers: [descriptorJson(layer.descriptor)],
      subject: { mediaType, digest, size },
      annotations,
    },
    hasher,
    { artifactType, annotations },
  );
  return { manifest, blobs: [config, layer, manifest] };
}
