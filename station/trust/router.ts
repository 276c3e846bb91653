import { z } from 'zod';
import { Channel, LineContract } from '#contracts/bundle.ts';
import { Instant, RepositoryName } from '#contracts/primitives.ts';
import { ChannelPolicy, TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const expectedVersion = z.number().int().min(0).optional();
const reason = z.string().trim().min(1).max(500);

/** A page names a connected medium; paths never cross RPC. */
const medium = z.object({ volumeId: z.string().max(256) });
const digest = z.string().regex(/^[0-9a-f]{64}$/);

async function readerOf({ media }: StationServices, { volumeId }: z.infer<typeof medium>): Promise<VolumeReader> {
  return media.reader(await media.require(volumeId));
}

export const trustRouter = router({
  get: permit('trust.read').query(({ ctx: { services } }) => ({
    trust: services.trust.trust(),
    policy: services.trust.policy(),
    repository: services.trust.repository(),
    trustedRoot: services.trust.trustedRoot(),
    exceptions: services.trust.exceptions(),
    previousVersions: services.trust.previousVersions(),
    clock: services.trust.clock(),
    storesAlarm: services.trust.storesAlarm(),
  })),
  readRoot: permit('trust.read')
    .input(medium)
    .query(async ({ ctx, input }) => ctx.services.trust.readRoot(await readerOf(ctx.services, input))),
  pinRoot: permit('trust.change')
    .input(medium.extend({ fingerprint: z.string().max(200) }))
    .mutation(async ({ ctx, input }) =>
      ctx.services.trust.pinRoot(await readerOf(ctx.services, input), input.fingerprint, ctx.person),
    ),
  previewUpdate: permit('trust.read')
    .input(medium)
    .query(async ({ ctx, input }) => ctx.services.trust.previewUpdate(await readerOf(ctx.services, input))),
  update: permit('trust.change')
    .input(medium)
    .mutation(async ({ ctx, input }) => ctx.services.trust.update(await readerOf(ctx.services, input), ctx.person)),
  requestException: permit('trust.change')
    .input(z.object({ timestampDigest: digest, expiredAt: Instant, reason }))
    .mutation(({ ctx, input }) => ctx.services.trust.requestException(input, ctx.person)),
  requestDowngrade: permit('trust.change')
    .input(z.object({ model: RepositoryName, channel: Channel, reason }))
    .mutation(({ ctx, input }) => ctx.services.trust.requestDowngrade(input, ctx.person)),
  requestTimeReset: permit('trust.change')
    .input(z.object({ to: Instant, reason }))
    .mutation(({ ctx, input }) => ctx.services.trust.requestTimeReset(input, ctx.person)),
  approveException: permit('trust.read')
    .input(
      z.object({
        id: z.string().max(64),
        subject: z.string().max(128),
        name: z.string().max(128),
        passphrase: z.string().max(1024),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.trust.approveException(input)),
  acknowledgeStores: permit('trust.change')
    .input(z.object({ reason }))
    .mutation(({ ctx, input }) => ctx.services.trust.acknowledgeStores(input.reason, ctx.person)),
  setTrustedRoot: permit('trust.change')
    .input(z.object({ text: z.string().max(1_000_000), sha256: z.string().max(200), expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.setTrustedRoot(input, ctx.person)),
  trustKey: permit('trust.change')
    .input(
      TrustedKey.pick({ publicKeyPem: true, channels: true }).extend({
        name: z.string().min(1).max(128),
        expectedVersion,
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.trust.trustKey(input, ctx.person)),
  removeKey: permit('trust.change')
    .input(z.object({ keyId: TrustedKey.shape.keyId, reason, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.removeKey(input, ctx.person)),
  trustIdentity: permit('trust.change')
    .input(TrustedIdentity.omit({ addedAt: true, addedBy: true }).extend({ expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.trustIdentity(input, ctx.person)),
  removeIdentity: permit('trust.change')
    .input(z.object({ name: TrustedIdentity.shape.name, reason, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.removeIdentity(input, ctx.person)),
  setLineContract: permit('trust.change')
    .input(z.object({ model: RepositoryName, contract: LineContract.nullable(), reason, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.setLineContract(input, ctx.person)),
  setChannelPolicy: permit('trust.change')
    .input(z.object({ channel: Channel, policy: ChannelPolicy, expectedVersion }))
    .mutation(({ ctx, input }) => ctx.services.trust.setChannelPolicy(input, ctx.person)),
});
