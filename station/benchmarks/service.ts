import type { BenchmarkResult } from '#contracts/benchmark.ts';
import type { Digest } from '#core/base/index.ts';
import type { Person } from '#contracts/site.ts';

export interface BenchmarkService {
  /** Measures variants of a stored bundle on a device, as a durable job. Empty `variantDigests` means all. */
  run(
    input: {
      deviceId: string;
      bundleDigest: Digest;
      variantDigests: Digest[];
      seconds: number;
      coldStarts: number;
      seed: number;
    },
    person: Person,
  ): { jobId: string };
  list(filter?: { bundleDigest?: Digest; deviceId?: string }): BenchmarkResult[];
}
