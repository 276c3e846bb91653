import type { Channel, Descriptor, ModelContract, VariantTarget } from '#contracts/bundle.ts';
import type { Digest } from '#core/base/index.ts';

/** One variant as its manifest describes it. */
export interface LoadedVariant {
  readonly target: VariantTarget;
  /** Digest of the variant's manifest: what a device is told to run. */
  readonly digest: Digest;
  readonly manifest: Descriptor;
  readonly weights: Descriptor;
  /** The `.bin` beside the `.xml` of OpenVINO IR; null for every other format. */
  readonly data: Descriptor | null;
}

export interface GoldenCase {
  readonly inputs: readonly Descriptor[];
  readonly outputs: readonly Descriptor[];
}

/**
 * How a document is attached: an OCI 1.1 manifest with a subject, or a layer of a manifest that cosign v2 tagged
 * (`sha256-<hex>.sig` and so on). A tag binds nothing: only the signed content says what it is about.
 */
export type ReferrerKind = 'referrer' | 'cosign-v2-signature' | 'cosign-v2-attestation' | 'cosign-v2-sbom';

/** An attached document. */
export interface LoadedReferrer {
  readonly kind: ReferrerKind;
  readonly manifest: Descriptor;
  /** Of the manifest; for cosign v2, whose manifests have none, the media type of the layer. */
  readonly artifactType: string;
  /** The predicate type that its unsigned annotation claims; good for wording, never for a decision. */
  readonly claims: string;
  /** The document. For cosign v2 its annotations carry signature, certificate, chain and log entry. */
  readonly layer: Descriptor;
}

/** One file of a model folder that was adopted, under the name it has there. */
export interface AdoptedFile {
  readonly name: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** The files that a bundle was made from, unchanged, and by which conversion. Their own signature covers them, not the bundle. */
export interface Adopted {
  readonly form: string;
  readonly files: readonly AdoptedFile[];
}

/** A bundle that is well formed. Nothing about it is trusted yet. */
export interface LoadedBundle {
  readonly digest: Digest;
  readonly model: string;
  readonly version: string;
  readonly title: string;
  readonly sequence: number;
  readonly channel: Channel;
  readonly createdAt: string;
  readonly contract: ModelContract;
  readonly variants: readonly LoadedVariant[];
  readonly golden: readonly GoldenCase[];
  readonly modelCard: Descriptor;
  readonly evaluation: Readonly<Record<string, number>>;
  /** Null for a bundle that was made as one. */
  readonly adopted: Adopted | null;
  readonly referrers: readonly LoadedReferrer[];
  /** Every blob of index, manifests, configurations, layers and referrers, each once. */
  readonly closure: readonly Descriptor[];
}
