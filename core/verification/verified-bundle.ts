import type { Signer } from '#contracts/verdict.ts';
import type { LoadedBundle } from '#core/bundle/index.ts';
import type { WitnessedTime } from './ports.ts';
import type { PartsList, Provenance } from '#core/provenance/index.ts';

declare const verified: unique symbol;

/** A bundle whose every blob, signature and rule was checked under one policy. Only `verifyModelBundle` makes one. */
export interface VerifiedBundle extends Omit<LoadedBundle, 'referrers'>, Established {
  readonly [verified]: true;
}

export interface Established {
  readonly signer: Signer;
  readonly provenance: Provenance | null;
  /** SLSA build level that this site grants it; 0 when none is established. */
  readonly buildLevel: number;
  readonly components: PartsList['components'];
  /** When witnesses saw the signatures of this bundle. */
  readonly witnessed: readonly WitnessedTime[];
}

/** Precondition: no blocking finding. Not exported from the feature. */
export function markVerified(bundle: LoadedBundle, established: Established): VerifiedBundle {
  const { referrers: _referrers, ...content } = bundle;
  return { ...content, ...established } as VerifiedBundle;
}
