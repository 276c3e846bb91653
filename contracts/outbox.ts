import { z } from 'zod';
import { Finding, Digest, Id, Instant, RepositoryName, VersionTag } from './primitives.ts';

/** What can leave the plant on a stick. Its folder on the stick has the same name. */
export const OutboxKind = z.enum(['telemetry', 'review', 'audit', 'receipt']);
export type OutboxKind = z.infer<typeof OutboxKind>;

/** One kind of what waits to leave, and when it left last. */
export const OutboxItem = z.object({
  kind: OutboxKind,
  /** Records, samples, entries or blobs that would leave now. */
  count: z.number().int().min(0),
  /** Null where it is known only when it is written. */
  sizeBytes: z.number().int().min(0).nullable(),
  lastWrittenAt: Instant.nullable(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

/** What lies in the outbox of a stick already. */
export const StickOutboxEntry = z.object({
  kind: z.string(),
  id: z.string(),
  files: z.number().int(),
  sizeBytes: z.number(),
});
export type StickOutboxEntry = z.infer<typeof StickOutboxEntry>;

/** DSSE payload type of an inventory receipt. */
export const INVENTORY_TYPE = 'application/vnd.gantry.inventory.v1+json';

/** Files of a receipt on a stick; the signed one comes last. */
export const RECEIPT_FILES = { key: 'site.pub.pem', signed: 'inventory.dsse.json' } as const;

/** What a site holds, so that the next stick need not carry it again (D7). */
export const InventoryReceipt = z.object({
  v: z.literal(1),
  site: z.object({ id: Id, name: z.string() }),
  receiptId: Id,
  issuedAt: z.iso.datetime(),
  bundles: z.array(z.object({ digest: Digest, model: RepositoryName, version: VersionTag })).max(10_000),
  blobs: z.array(z.object({ digest: Digest, sizeBytes: z.number().int().min(0) })).max(25_000),
});
export type InventoryReceipt = z.infer<typeof InventoryReceipt>;

/** What reading a stick whole found; nothing was copied. */
export const StickCheck = z.object({
  volumeId: Id,
  label: z.string(),
  serial: z.string().nullable(),
  setId: z.string().nullable(),
  jobId: Id,
  checkedAt: Instant,
  isWhole: z.boolean(),
  partsWhole: z.number().int(),
  checkedBytes: z.number(),
  findings: z.array(Finding).max(100),
});
export type StickCheck = z.infer<typeof StickCheck>;
