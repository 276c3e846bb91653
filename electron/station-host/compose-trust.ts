import { scryptProof, nodeSignatureVerifier } from '#native/keys/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { durableText } from '#native/site-folder/index.ts';
import { tufClient } from '#native/tuf/index.ts';
import { createKnownBad, KNOWN_BAD_LIMIT_BYTES, KNOWN_BAD_TARGET } from '#station/bundles/known-bad.ts';
import type { KnownBad } from '#station/bundles/service.ts';
import { createPeopleService } from '#station/people/create-people-service.ts';
import type { PeopleService } from '#station/people/service.ts';
import { createTrustService } from '#station/trust/create-trust-service.ts';
import { openFloorKeeper, type FloorKeeper } from '#station/trust/floor-keeper.ts';
import type { TrustService } from '#station/trust/service.ts';
import type { SiteParts } from './site-parts.ts';

/** Who may decide, whom the site trusts, and below what it never goes again. */
export interface TrustSide {
  readonly people: PeopleService;
  readonly trust: TrustService;
  readonly floors: FloorKeeper;
  /** Known-bad parts come as a signed file, or with the trust repository. */
  readonly knownBad: KnownBad;
}

/** Wires people, floors and trust of a site. The two stores of floors are compared before anything uses them. */
export async function composeTrust({ site, store, clock, ids, hasher }: SiteParts): Promise<TrustSide> {
  const { config, paths } = site;
  const people = createPeopleService({ store, clock, ids, proof: scryptProof, administrator: config.administrator });
  const floors = await openFloorKeeper({
    store,
    clock,
    file: durableText(paths.floors),
    actor: { kind: 'station', id: config.id, name: config.name.slice(0, 128) },
  });
  const knownBad = createKnownBad({
    store,
    clock,
    hasher,
    verifier: nodeSignatureVerifier,
    trust: () => trust.trust(),
  });
  const trust = createTrustService({
    store,
    clock,
    ids,
    hasher,
    people,
    floors,
    siteSince: config.createdAt,
    tuf: tufClient,
    describeRoot: (json) => sigstoreAttestations.describeRoot(json),
    verifier: nodeSignatureVerifier,
    targets: [{ name: KNOWN_BAD_TARGET, limitBytes: KNOWN_BAD_LIMIT_BYTES, prepare: knownBad.prepare }],
  });
  return { people, trust, floors, knownBad };
}
