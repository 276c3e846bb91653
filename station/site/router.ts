import { tracked } from '@trpc/server';
import { z } from 'zod';
import { Channel } from '#contracts/bundle.ts';
import { ChannelPolicy } from '#contracts/verdict.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const siteRouter = router({
  me: permit('site.read').query(({ ctx }) => ctx.person),
  overview: permit('site.read').query(({ ctx }) => ctx.services.site.overview()),
  trust: permit('trust.read').query(({ ctx }) => ({
    trust: ctx.services.site.trust(),
    policy: ctx.services.site.policy(),
  })),
  trustKey: permit('trust.change')
    .input(
      z.object({
        name: z.string().min(1).max(128),
        publicKeyPem: z.string().max(8192),
        channels: z.array(Channel).min(1),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.site.trustKey(input, ctx.person)),
  setChannelPolicy: permit('trust.change')
    .input(z.object({ channel: Channel, policy: ChannelPolicy }))
    .mutation(({ ctx, input }) => ctx.services.site.setChannelPolicy(input, ctx.person)),
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
