import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { Role } from '#contracts/site.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const peopleRouter = router({
  list: permit('trust.read').query(({ ctx }) => ctx.services.people.list()),
  add: permit('trust.change')
    .input(z.object({ name: z.string().trim().min(1).max(128), role: Role, passphrase: z.string().max(1024) }))
    .mutation(({ ctx, input }) => ctx.services.people.add(input, ctx.person)),
  remove: permit('trust.change')
    .input(z.object({ personId: Id }))
    .mutation(({ ctx, input }) => ctx.services.people.remove(input.personId, ctx.person)),
});
