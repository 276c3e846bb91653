import { z } from 'zod';
import { Channel } from '#contracts/bundle.ts';
import { ChannelPolicy, TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const expectedVersion = z.number().int().min(0).optional();
const reason = z.string().trim().min(1).max(500);

export const trustRouter = router({
  get: permit('trust.read').query(({ ctx }) => ({
    trust: ctx.services.trust.trust(),
    policy: ctx.services.trust.policy(),
  })),
  trustKey: permit('trust.change')
    .input(
      TrustedKey.pick({ publicKeyPem: true, channels: true }).extend({
        name: z.string().min(1).max(128),
        expectedVersion,
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.trust.trustKey(input, ctx.person)),
  removeKey: permit('trust.change')
    .input(z.object({ keyId: TrustedKey.shape.keyId, reason, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.removeKey(input, ctx.person)),
  trustIdentity: permit('trust.change')
    .input(TrustedIdentity.omit({ addedAt: true, addedBy: true }).extend({ expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.trustIdentity(input, ctx.person)),
  removeIdentity: permit('trust.change')
    .input(z.object({ name: TrustedIdentity.shape.name, reason, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.removeIdentity(input, ctx.person)),
  setChannelPolicy: permit('trust.change')
    .input(z.object({ channel: Channel, policy: ChannelPolicy, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.setChannelPolicy(input, ctx.person)),
});
