import { z } from 'zod';
import { Digest } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const bundlesRouter = router({
  list: permit('bundle.read').query(({ ctx }) => ctx.services.bundles.list()),
  get: permit('bundle.read')
    .input(z.object({ digest: Digest }))
    .query(({ ctx, input }) => ctx.services.bundles.get(input.digest)),
});
