import type { Descriptor } from '#contracts/bundle.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import type { LoadedReferrer, ReferrerKind } from './loaded.ts';

/** Media types of the layers that cosign v2 writes (cosign, specs/SIGNATURE_SPEC.md, ATTESTATION_SPEC.md, SBOM_SPEC.md). */
const KINDS = new Map<string, ReferrerKind>([
  ['application/vnd.dev.cosign.simplesigning.v1+json', 'cosign-v2-signature'],
  ['application/vnd.dsse.envelope.v1+json', 'cosign-v2-attestation'],
  ['text/spdx', 'cosign-v2-sbom'],
  ['text/spdx+json', 'cosign-v2-sbom'],
  ['spdx+json', 'cosign-v2-sbom'],
  ['application/spdx+json', 'cosign-v2-sbom'],
  ['application/vnd.cyclonedx', 'cosign-v2-sbom'],
  ['application/vnd.cyclonedx+json', 'cosign-v2-sbom'],
  ['application/vnd.cyclonedx+xml', 'cosign-v2-sbom'],
  ['application/vnd.syft+json', 'cosign-v2-sbom'],
]);

/** What the claim about a predicate is called on a layer of cosign v2. */
const PREDICATE_TYPE = 'predicateType';

/**
 * The documents of a manifest without subject that cosign v2 wrote: each layer is one. Empty when a single layer is of
 * another kind, so that nothing foreign is taken for a signature.
 */
export function cosignDocuments(manifest: Descriptor, layers: readonly Descriptor[]): LoadedReferrer[] {
  if (layers.length > BUNDLE_LIMITS.referrers) return [];
  const documents = layers.flatMap((layer): LoadedReferrer[] => {
    const kind = KINDS.get(layer.mediaType);
    if (kind === undefined) return [];
    const claims = layer.annotations?.[PREDICATE_TYPE] ?? '';
    return [{ kind, manifest, artifactType: layer.mediaType, claims, layer }];
  });
  return documents.length === layers.length ? documents : [];
}
