import type { Descriptor, ModelContract } from '#contracts/bundle.ts';
import type { KnownBadInForce } from '#contracts/known-bad.ts';
import type { Person } from '#contracts/site.ts';
import type { BundleSummary, Verdict } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';

export interface BundleDetail {
  readonly summary: BundleSummary;
  readonly contract: ModelContract;
  readonly verdict: Verdict;
  readonly modelCard: string;
  readonly evaluation: Record<string, number>;
  readonly referrers: readonly { digest: Digest; artifactType: string; predicateType: string; sizeBytes: number }[];
  readonly provenance: { builder: string; source: string; revision: string; buildType: string } | null;
  readonly components: readonly {
    name: string;
    version: string;
    type: string;
    purl: string | null;
    licences: readonly string[];
    sha256: string | null;
    supplier: string | null;
  }[];
}

export interface BundleService {
  list(): BundleSummary[];
  /** NOT_FOUND when it is not stored here. */
  get(digest: Digest): Promise<BundleDetail>;
  require(digest: Digest): BundleSummary;
  contractOf(digest: Digest): Promise<ModelContract>;
  /** Every blob that the bundle needs, and which of them are referrer manifests. */
  closureOf(digest: Digest): { closure: readonly Descriptor[]; referrers: readonly Digest[] };
}

/** The list of known-bad parts that is in force at a site. */
export interface KnownBad {
  current(): KnownBadInForce | null;
  /** Untrusted: puts a signed list in force. KNOWN_BAD_LIST_INVALID, KNOWN_BAD_SIGNER_UNTRUSTED, KNOWN_BAD_LIST_OLDER. */
  bring(document: Uint8Array, person: Person): KnownBadInForce;
}
