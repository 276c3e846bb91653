import type { Channel, Descriptor, ModelContract } from '#contracts/bundle.ts';
import type { Signer } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import type { GoldenCase, LoadedBundle, LoadedVariant } from '#core/bundle/index.ts';
import type { PartsList, Provenance } from '#core/provenance/index.ts';

declare const verified: unique symbol;

/** A bundle whose every blob, signature and rule was checked under one policy. Only `verifyModelBundle` makes one. */
export interface VerifiedBundle {
  readonly [verified]: true;
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
  readonly provenance: Provenance | null;
  readonly components: PartsList['components'];
  readonly signer: Signer;
  /** Every blob that belongs to the bundle, referrers included. */
  readonly closure: readonly Descriptor[];
}

export interface Established {
  readonly signer: Signer;
  readonly provenance: Provenance | null;
  readonly components: PartsList['components'];
}

/** Precondition: no blocking finding. Not exported from the feature. */
export function markVerified(bundle: LoadedBundle, established: Established): VerifiedBundle {
  const {
    digest,
    model,
    version,
    title,
    sequence,
    channel,
    createdAt,
    contract,
    variants,
    golden,
    modelCard,
    evaluation,
    closure,
  } = bundle;
  const content = {
    digest,
    model,
    version,
    title,
    sequence,
    channel,
    createdAt,
    contract,
    variants,
    golden,
    modelCard,
    evaluation,
    closure,
    ...established,
  };
  return content as VerifiedBundle;
}
