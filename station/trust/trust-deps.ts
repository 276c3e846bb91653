import type { Clock, IdSource, Instant } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import type { TufClient } from '#core/trust/ports.ts';
import type { TrustedRootSummary } from '#core/verification/ports.ts';
import type { PeopleService } from '#station/people/service.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import type { TargetConsumer } from './trust-repository.ts';

/** What the trust service is made of. */
export interface TrustDeps {
  readonly store: StationStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hasher: Hasher;
  readonly verifier: SignatureVerifier;
  readonly tuf: TufClient;
  readonly floors: FloorKeeper;
  /** Who approves an exception proves presence there. */
  readonly people: Pick<PeopleService, 'prove'>;
  /** When the site was made: no time before it can be set. */
  readonly siteSince: Instant;
  /** Whom a Sigstore trusted root names; null when it cannot be read. */
  readonly describeRoot: (json: string) => TrustedRootSummary | null;
  /** Further targets of the trust repository that other features use. */
  readonly targets?: readonly TargetConsumer[];
}
