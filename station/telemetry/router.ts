import { z } from 'zod';
import { ExportRecipients } from '#contracts/keys.ts';
import { Id } from '#contracts/primitives.ts';
import { SeriesQuery } from '#contracts/telemetry.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const telemetryRouter = router({
  series: permit('telemetry.read')
    .input(SeriesQuery)
    .query(({ ctx, input }) => ctx.services.telemetry.series(input)),
  status: permit('telemetry.read').query(({ ctx }) => ctx.services.telemetry.status()),
  export: permit('export.write')
    .input(z.object({ volumeId: Id, recipients: ExportRecipients }))
    .mutation(({ ctx, input }) => ctx.services.telemetry.export(input, ctx.person)),
});
