import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const Stick = z.object({ volumeId: Id });

export const sticksRouter = router({
  check: permit('import.run')
    .input(Stick)
    .mutation(({ ctx, input }) => ctx.services.sticks.check(input, ctx.person)),
  checks: permit('media.read').query(({ ctx }) => ctx.services.sticks.checks()),
  eject: permit('media.open')
    .input(Stick)
    .mutation(({ ctx, input }) => ctx.services.sticks.eject(input, ctx.person)),
});
