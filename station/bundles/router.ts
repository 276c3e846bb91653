import { z } from 'zod';
import { Digest } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const bundlesRouter = router({
  /** With what lists, lines and rules say today about each. */
  list: permit('bundle.read').query(({ ctx: { services } }) =>
    services.bundles
      .list()
      .map((summary) => ({ ...summary, standing: services.bundles.standingOf(summary.digest).findings })),
  ),
  get: permit('bundle.read')
    .input(z.object({ digest: Digest }))
    .query(({ ctx, input }) => ctx.services.bundles.get(input.digest)),
});
