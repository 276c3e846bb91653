import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const auditRouter = router({
  list: permit('audit.read')
    .input(
      z.object({
        beforeSeq: z.number().int().optional(),
        limit: z.number().int().min(1).max(1000),
        stream: z.string().max(64).optional(),
        subject: z.string().max(256).optional(),
        type: z.string().max(128).optional(),
      }),
    )
    .query(({ ctx, input: { limit, beforeSeq, stream, subject, type } }) =>
      ctx.services.audit.list({
        limit,
        ...(beforeSeq === undefined ? {} : { beforeSeq }),
        ...(stream === undefined ? {} : { stream }),
        ...(subject === undefined ? {} : { subject }),
        ...(type === undefined ? {} : { type }),
      }),
    ),
  verify: permit('audit.read').query(({ ctx }) => ctx.services.audit.verify()),
  export: permit('export.write')
    .input(z.object({ volumeId: Id }))
    .mutation(({ ctx, input }) => ctx.services.audit.export(input, ctx.person)),
});
