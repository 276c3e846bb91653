import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

export const mediaRouter = router({
  volumes: permit('media.read').query(({ ctx }) => ctx.services.media.volumes()),
  watch: permit('media.read').subscription(async function* ({ ctx, signal }) {
    yield* ctx.services.media.watch(signal ?? new AbortController().signal);
  }),
  openFolder: permit('media.open')
    .input(z.object({ path: z.string().min(1).max(4096) }))
    .mutation(({ ctx, input }) => ctx.services.media.openFolder(input.path)),
  closeFolder: permit('media.open')
    .input(z.object({ volumeId: Id }))
    .mutation(({ ctx, input }) => ctx.services.media.closeFolder(input.volumeId)),
});
