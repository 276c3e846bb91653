import { KIB, MIB } from '#core/base/index.ts';

/** Every untrusted read of a bundle has its limit here. Weights have none: they are streamed. */
export const BUNDLE_LIMITS = {
  layoutFileBytes: 4 * KIB,
  layoutIndexBytes: 4 * MIB,
  /** OCI distribution asks registries to take manifests of at least 4 MiB; none of ours comes near. */
  manifestBytes: 4 * MIB,
  contractBytes: 1 * MIB,
  evaluationBytes: 256 * KIB,
  /** A Sigstore bundle holds its statement, and a parts list is the largest statement. */
  attestationBytes: 32 * MIB,
  referrers: 64,
  variants: 32,
} as const;
