import { tracked } from '@trpc/server';
import { z } from 'zod';
import { permit, router } from '#station/rpc/trpc.ts';

export const siteRouter = router({
  me: permit('site.read').query(({ ctx }) => ctx.person),
  overview: permit('site.read').query(({ ctx }) => ctx.services.site.overview()),
  startDemo: permit('demo.run').mutation(({ ctx }) => ctx.services.site.startDemo(ctx.person)),
  changes: permit('site.read')
    .input(z.object({ lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const after = Number(input.lastEventId ?? 0);
      for await (const change of ctx.services.site.changes(after, signal ?? new AbortController().signal)) {
        yield tracked(String(change.seq), change);
      }
    }),
});
