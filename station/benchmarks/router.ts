import { z } from 'zod';
import { DeviceId, Digest } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const benchmarksRouter = router({
  list: permit('benchmark.read')
    .input(z.object({ bundleDigest: Digest.optional(), deviceId: DeviceId.optional() }))
    .query(({ ctx, input }) =>
      ctx.services.benchmarks.list({
        ...(input.bundleDigest === undefined ? {} : { bundleDigest: input.bundleDigest }),
        ...(input.deviceId === undefined ? {} : { deviceId: input.deviceId }),
      }),
    ),
  run: permit('benchmark.run')
    .input(
      z.object({
        deviceId: DeviceId,
        bundleDigest: Digest,
        variantDigests: z.array(Digest).max(16),
        seconds: z.number().min(1).max(3600),
        coldStarts: z.number().int().min(1).max(50),
        seed: z.number().int(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.benchmarks.run(input, ctx.person)),
});
