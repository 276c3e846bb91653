import { tracked } from '@trpc/server';
import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { AppError } from '#core/base/index.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const jobsRouter = router({
  list: permit('job.read').query(({ ctx }) => ctx.services.jobs.list()),
  get: permit('job.read')
    .input(z.object({ jobId: Id }))
    .query(({ ctx, input }) => {
      const job = ctx.services.jobs.get(input.jobId);
      if (job === undefined) throw new AppError('NOT_FOUND', `no job ${input.jobId}`, { jobId: input.jobId });
      return job;
    }),
  cancel: permit('job.cancel')
    .input(z.object({ jobId: Id }))
    .mutation(({ ctx, input }) => ctx.services.jobs.cancel(input.jobId)),
  /** Progress of every job; resumes after the last event id that the page saw. */
  watch: permit('job.read')
    .input(z.object({ lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const after = Number(input.lastEventId ?? 0);
      for await (const change of ctx.services.jobs.watch(after, signal ?? new AbortController().signal)) {
        yield tracked(String(change.sequence), change.job);
      }
    }),
});
