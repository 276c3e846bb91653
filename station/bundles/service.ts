import type { Descriptor, ModelContract } from '#contracts/bundle.ts';
import type { KnownBadInForce, KnownBadList, KnownBadPreview } from '#contracts/known-bad.ts';
import type { Person } from '#contracts/site.ts';
import type { BundleSummary, Verdict } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';
import type { Reverification } from '#core/imports/index.ts';
import type { StoredJudgement } from '#core/verification/index.ts';

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
    versionRange: string | null;
    type: string;
    purl: string | null;
    licences: readonly string[];
    sha256: string | null;
    supplier: string | null;
  }[];
  /** What speaks today against bringing it to gateways, and the comparison with the line. */
  readonly standing: StoredJudgement;
  /** What the station found when it verified the stored bundle again; null when it did not have to. */
  readonly reverified: Reverification | null;
}

export interface BundleService {
  list(): BundleSummary[];
  /** NOT_FOUND when it is not stored here. */
  get(digest: Digest): Promise<BundleDetail>;
  require(digest: Digest): BundleSummary;
  /** What lists, lines and rules say today about a bundle that was accepted before. */
  standingOf(digest: Digest): StoredJudgement;
  /** Accepted bundles that a list of known-bad parts names. */
  namedBy(list: KnownBadList): KnownBadPreview['bundles'];
  contractOf(digest: Digest): Promise<ModelContract>;
  /** Every blob that the bundle needs, and which of them are referrer manifests. */
  closureOf(digest: Digest): { closure: readonly Descriptor[]; referrers: readonly Digest[] };
}

/** The list of known-bad parts that is in force at a site. */
export interface KnownBad {
  current(): KnownBadInForce | null;
  /** Untrusted: puts a signed list in force. KNOWN_BAD_LIST_INVALID, KNOWN_BAD_SIGNER_UNTRUSTED, KNOWN_BAD_LIST_OLDER. */
  bring(document: Uint8Array, person: Person): KnownBadInForce;
  /** Untrusted: reads a signed list without putting it in force. KNOWN_BAD_LIST_INVALID, KNOWN_BAD_SIGNER_UNTRUSTED. */
  preview(document: Uint8Array): { readonly list: KnownBadList; readonly preview: Omit<KnownBadPreview, 'bundles'> };
  /**
   * Reads a list for which a trust repository vouches, so that it needs no signature of its own. An older one than that in force changes
   * nothing: the repository may be behind a list that came by itself. KNOWN_BAD_LIST_INVALID.
   */
  prepare(list: Uint8Array): { readonly from: number; readonly to: number; apply(person: Person): void };
}
