import { z } from 'zod';
import { DeviceId } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const Name = z.string().min(1).max(64);

export const fleetRouter = router({
  list: permit('fleet.read').query(({ ctx }) => ctx.services.fleet.list()),
  get: permit('fleet.read')
    .input(z.object({ deviceId: DeviceId }))
    .query(({ ctx, input }) => ctx.services.fleet.get(input.deviceId)),
  createCode: permit('fleet.enrol')
    .input(
      z.object({
        name: Name,
        line: Name,
        cell: z.string().max(64),
        redundancyGroup: z.string().max(64).nullable(),
        safety: z.boolean(),
        validMinutes: z.number().int().min(1).max(1440),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.fleet.createCode(input, ctx.person)),
  revoke: permit('fleet.enrol')
    .input(z.object({ deviceId: DeviceId, reason: z.string().min(1).max(2000) }))
    .mutation(({ ctx, input }) => ctx.services.fleet.revoke(input.deviceId, input.reason, ctx.person)),
});
