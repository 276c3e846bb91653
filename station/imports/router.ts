import { z } from 'zod';
import { Digest, Id } from '#contracts/primitives.ts';
import { ReportFormat } from '#contracts/verdict.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const Source = z.object({ volumeId: Id, bundleDigest: Digest });
const Decision = z.object({ importId: Id, reason: z.string().max(2000) });

export const importsRouter = router({
  list: permit('bundle.read').query(({ ctx }) => ctx.services.imports.list()),
  get: permit('bundle.read')
    .input(z.object({ importId: Id }))
    .query(({ ctx, input }) => ctx.services.imports.get(input.importId)),
  reads: permit('bundle.read')
    .input(z.object({ importId: Id }))
    .query(({ ctx, input }) => ctx.services.imports.reads(input.importId)),
  strangers: permit('bundle.read')
    .input(z.object({ importId: Id }))
    .query(({ ctx, input }) => ctx.services.imports.strangers(input.importId)),
  // A mutation: that a report left the station is part of the record.
  report: permit('bundle.read')
    .input(z.object({ importId: Id, format: ReportFormat }))
    .mutation(({ ctx, input }) => ctx.services.imports.report(input, ctx.person)),
  plan: permit('import.run')
    .input(Source)
    .query(({ ctx, input }) => ctx.services.imports.plan(input)),
  start: permit('import.run')
    .input(Source)
    .mutation(({ ctx, input }) => ctx.services.imports.start(input, ctx.person)),
  resume: permit('import.run')
    .input(z.object({ importId: Id }))
    .mutation(({ ctx, input }) => ctx.services.imports.resume(input.importId, ctx.person)),
  accept: permit('import.decide')
    .input(Decision)
    .mutation(({ ctx, input }) => ctx.services.imports.accept(input, ctx.person)),
  reject: permit('import.decide')
    .input(Decision)
    .mutation(({ ctx, input }) => ctx.services.imports.reject(input, ctx.person)),
});
