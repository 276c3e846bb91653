import { z } from 'zod';
import { ExportRecipients } from '#contracts/keys.ts';
import { DeviceId, Id } from '#contracts/primitives.ts';
import { Label, SampleState } from '#contracts/review.ts';
import { toBase64 } from '#core/signing/index.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const Revision = z.object({ sampleId: Id, revision: z.number().int().min(0) });

export const reviewRouter = router({
  queue: permit('review.read')
    .input(
      z.object({
        state: SampleState.optional(),
        device: DeviceId.optional(),
        limit: z.number().int().min(1).max(500),
        afterId: Id.optional(),
      }),
    )
    .query(({ ctx, input }) =>
      ctx.services.review.queue({
        limit: input.limit,
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.device === undefined ? {} : { device: input.device }),
        ...(input.afterId === undefined ? {} : { afterId: input.afterId }),
      }),
    ),
  get: permit('review.read')
    .input(z.object({ sampleId: Id }))
    .query(({ ctx, input }) => ctx.services.review.get(input.sampleId)),
  /** The picture as base64: both links carry it, and the page turns it into a blob URL. */
  image: permit('review.read')
    .input(z.object({ sampleId: Id }))
    .query(async ({ ctx, input }) => {
      const image = await ctx.services.review.image(input.sampleId);
      return { mediaType: image.mediaType, base64: toBase64(image.bytes) };
    }),
  label: permit('review.label')
    .input(Revision.extend({ label: Label }))
    .mutation(({ ctx, input }) => ctx.services.review.label(input, ctx.person)),
  decide: permit('review.label')
    .input(Revision.extend({ state: z.enum(['accepted', 'rejected']) }))
    .mutation(({ ctx, input }) => ctx.services.review.decide(input, ctx.person)),
  undo: permit('review.label').mutation(({ ctx }) => ctx.services.review.undo(ctx.person)),
  export: permit('export.write')
    .input(z.object({ format: z.literal('coco'), volumeId: Id, recipients: ExportRecipients }))
    .mutation(({ ctx, input }) => ctx.services.review.export(input, ctx.person)),
});
