import type { Clock } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';

/** What the trust service is made of. */
export interface TrustDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly verifier: SignatureVerifier;
}
