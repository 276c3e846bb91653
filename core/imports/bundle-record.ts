import { z } from 'zod';
import { Descriptor, ModelContract } from '#contracts/bundle.ts';
import { Digest, Finding, Instant } from '#contracts/primitives.ts';
import { TimeEvidence } from '#core/trusted-time/index.ts';
import { BundleSummary, Verdict } from '#contracts/verdict.ts';

/** What verification established about a bundle; waits with its import until a person decides. */
export const VerifiedFacts = z.object({
  v: z.literal(1),
  summary: BundleSummary.omit({ acceptedAt: true, acceptedBy: true }),
  contract: ModelContract,
  modelCard: Descriptor,
  evaluation: z.record(z.string(), z.number()),
  provenance: z
    .object({ builder: z.string(), source: z.string(), revision: z.string(), buildType: z.string() })
    .nullable(),
  /** SLSA build level that the policy granted; absent in records of an earlier release. */
  buildLevel: z.number().int().optional(),
  components: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      type: z.string(),
      // Absent in records of an earlier release.
      versionRange: z.string().nullable().default(null),
      purl: z.string().nullable().default(null),
      licences: z.array(z.string()).default([]),
      sha256: z.string().nullable().default(null),
      supplier: z.string().nullable().default(null),
    }),
  ),
  /** Every blob of the closure. */
  closure: z.array(Descriptor),
  referrers: z.array(Digest),
  verdict: Verdict,
  /** Times in documents whose signatures hold; absent in records of an earlier release. */
  signedTimes: z.array(TimeEvidence).optional(),
});
export type VerifiedFacts = z.infer<typeof VerifiedFacts>;

/** What the station found when it verified a stored bundle again because rules or trust had changed. */
export const Reverification = z.object({
  policyVersion: z.number().int(),
  trustVersion: z.number().int(),
  at: Instant,
  verdict: z.enum(['accepted', 'refused']),
  findings: z.array(Finding).max(100),
});
export type Reverification = z.infer<typeof Reverification>;

/** An accepted bundle. */
export const BundleRecord = VerifiedFacts.extend({
  summary: BundleSummary,
  /** Version of the policy under which the station wrote its verification summary (VSA); absent before that. */
  summarised: z.number().int().optional(),
  /** The manifest of that summary, its time and the version of the trust store then; absent in records of an earlier release. */
  standingSummary: z
    .object({
      manifest: Digest,
      /** Blobs that only it needs. */
      blobs: z.array(Digest).max(16),
      trustVersion: z.number().int(),
      verifiedAt: Instant,
    })
    .optional(),
  reverified: Reverification.optional(),
});
export type BundleRecord = z.infer<typeof BundleRecord>;
