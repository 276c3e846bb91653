import { z } from 'zod';
import type { Digest, Instant, Json } from '#core/base/index.ts';
import { digestHex, toIsoUtc } from '#core/base/index.ts';

/** What a station says of a bundle that it accepted. */
export interface VerificationSummary {
  readonly verifier: string;
  readonly verifierVersion: string;
  readonly timeVerified: Instant;
  readonly model: string;
  readonly digest: Digest;
  readonly policy: { readonly uri: string; readonly digest: Digest };
  /** SLSA build level that the site's policy grants; 0 when none is established. */
  readonly buildLevel: number;
  /** The attestations that were read. */
  readonly inputs: readonly Digest[];
}

/** `verifier.id` of a station; devices compare it with the site that they were enrolled at. */
export function verifierOf(site: string): string {
  return `urn:gantry:site:${site}`;
}

/** SLSA v1 VSA: `resourceUri` of a bundle; whoever relies on a summary compares it. */
export function bundleResourceUri(model: string, digest: Digest): string {
  return `pkg:oci/${model}@${digest}`;
}

/** SLSA verification summary v1 of an accepted bundle. A refused one gets none: its verdict is in the records. */
export function summaryPredicate(summary: VerificationSummary): Json {
  const { policy, buildLevel } = summary;
  return {
    verifier: { id: summary.verifier, version: { gantry: summary.verifierVersion } },
    timeVerified: toIsoUtc(summary.timeVerified),
    resourceUri: bundleResourceUri(summary.model, summary.digest),
    policy: { uri: policy.uri, digest: { sha256: digestHex(policy.digest) } },
    inputAttestations: summary.inputs.map((digest) => ({ digest: { sha256: digestHex(digest) } })),
    verificationResult: 'PASSED',
    verifiedLevels: [buildLevel === 0 ? 'SLSA_BUILD_LEVEL_UNEVALUATED' : `SLSA_BUILD_LEVEL_${String(buildLevel)}`],
    slsaVersion: '1.0',
  };
}

/** A verification summary as it arrives. Fields that nothing here relies on are not read. */
export const SummaryPredicate = z.object({
  verifier: z.object({ id: z.string().min(1).max(2048) }),
  timeVerified: z.iso.datetime({ offset: true }),
  resourceUri: z.string().min(1).max(2048),
  policy: z.object({ uri: z.string().max(2048).optional(), digest: z.object({ sha256: z.string().length(64) }) }),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(z.string().max(128)).max(64),
});
export type SummaryPredicate = z.infer<typeof SummaryPredicate>;
