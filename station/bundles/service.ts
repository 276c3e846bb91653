import type { Descriptor, ModelContract } from '#contracts/bundle.ts';
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
  readonly components: readonly { name: string; version: string; type: string }[];
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
