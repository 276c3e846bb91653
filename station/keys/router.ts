import { z } from 'zod';
import { AgeRecipient, KeyName, NamedRecipient } from '#contracts/keys.ts';
import { Id } from '#contracts/primitives.ts';
import { permit, router } from '#station/rpc/trpc.ts';

const Witnesses = z.tuple([z.string().trim().min(1).max(128), z.string().trim().min(1).max(128)]);
const Note = z.string().max(1000);

/** Twelve characters: whoever finds the file can try without end, and scrypt only makes each try slow. */
const BackupPassphrase = z.string().min(12).max(1024);

export const keysRouter = router({
  overview: permit('trust.read').query(({ ctx }) => ctx.services.keys.overview()),
  addRecipient: permit('trust.change')
    .input(NamedRecipient)
    .mutation(({ ctx, input }) => ctx.services.keys.addRecipient(input, ctx.person)),
  removeRecipient: permit('trust.change')
    .input(z.object({ name: z.string().max(64) }))
    .mutation(({ ctx, input }) => {
      ctx.services.keys.removeRecipient(input.name, ctx.person);
    }),
  backupToMedium: permit('trust.change')
    .input(
      z.object({
        volumeId: Id,
        readers: z.union([
          z.object({ passphrase: BackupPassphrase }),
          z.object({ recipients: z.array(AgeRecipient).min(1).max(16) }),
        ]),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.keys.backupToMedium(input, ctx.person)),
  recordCeremony: permit('trust.change')
    .input(
      z.object({
        witnesses: Witnesses,
        heard: z.array(z.object({ name: KeyName, keyId: z.string().length(64) })).max(8),
        note: Note,
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.keys.recordCeremony(input, ctx.person)),
  rotateAuditKey: permit('trust.change')
    .input(z.object({ witnesses: Witnesses, note: Note }))
    .mutation(({ ctx, input }) => ctx.services.keys.rotateAuditKey(input, ctx.person)),
});
