import { z } from 'zod';
import { OutboxKind } from '#contracts/outbox.ts';
import { Id } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const outboxRouter = router({
  list: permit('site.read').query(({ ctx }) => ctx.services.outbox.list()),
  onVolume: permit('media.read')
    .input(z.object({ volumeId: Id }))
    .query(({ ctx, input }) => ctx.services.outbox.onVolume(input.volumeId)),
  write: permit('export.write')
    .input(z.object({ volumeId: Id, kinds: z.array(OutboxKind).min(1).max(4) }))
    .mutation(({ ctx, input }) => ctx.services.outbox.write(input, ctx.person)),
});
