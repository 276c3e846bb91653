import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { RolloutRequest } from '#contracts/rollout.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const One = z.object({ rolloutId: Id });
const Reasoned = One.extend({ reason: z.string().min(1).max(2000) });

export const rolloutsRouter = router({
  list: permit('rollout.read').query(({ ctx }) => ctx.services.rollouts.list()),
  get: permit('rollout.read')
    .input(One)
    .query(({ ctx, input }) => ctx.services.rollouts.get(input.rolloutId)),
  plan: permit('rollout.run')
    .input(RolloutRequest)
    .query(({ ctx, input }) => ctx.services.rollouts.plan(input)),
  start: permit('rollout.run')
    .input(RolloutRequest)
    .mutation(({ ctx, input }) => ctx.services.rollouts.start(input, ctx.person)),
  pause: permit('rollout.run')
    .input(Reasoned)
    .mutation(({ ctx, input }) => ctx.services.rollouts.pause(input.rolloutId, input.reason, ctx.person)),
  resume: permit('rollout.run')
    .input(One)
    .mutation(({ ctx, input }) => ctx.services.rollouts.resume(input.rolloutId, ctx.person)),
  abortPreview: permit('rollout.read')
    .input(One.extend({ mode: z.enum(['abort', 'rollback']) }))
    .query(({ ctx, input }) => ctx.services.rollouts.abortPreview(input.rolloutId, input.mode)),
  abort: permit('rollout.run')
    .input(Reasoned)
    .mutation(({ ctx, input }) => ctx.services.rollouts.abort(input.rolloutId, input.reason, ctx.person)),
  rollback: permit('rollout.run')
    .input(Reasoned)
    .mutation(({ ctx, input }) => ctx.services.rollouts.rollback(input.rolloutId, input.reason, ctx.person)),
});
