import { z } from 'zod';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { INVENTORY_TYPE, RECEIPT_FILES, type InventoryReceipt } from '#contracts/outbox.ts';
import { Actor, Id } from '#contracts/primitives.ts';
import { canonicalJson, toIsoUtc, type Clock, type Digest, type IdSource } from '#core/base/index.ts';
import type { JobKind, JobRunner } from '#core/jobs/ports.ts';
import type { KeyVault } from '#core/keys/ports.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { BlobStore, StationStore } from '#core/storage/ports.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { MediaService } from '#station/media/service.ts';

export const RECEIPT_JOB = 'inventory-receipt';

export interface ReceiptDeps {
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly media: MediaService;
  readonly bundles: Pick<BundleService, 'list' | 'closureOf'>;
  readonly blobs: Pick<BlobStore, 'size'>;
  readonly vault: KeyVault;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly site: { readonly id: string; readonly name: string };
}

const Payload = z.object({ receiptId: Id, volumeId: Id, actor: Actor });

/** Within what one signed document may hold; a larger inventory leaves its smallest blobs out, which then travel again. */
const MAX_BLOBS = 25_000;

/** Every blob of every accepted bundle: what the next stick need not carry. */
export async function inventoryOf(
  deps: Pick<ReceiptDeps, 'bundles' | 'blobs' | 'site' | 'clock'>,
  receiptId: string,
): Promise<InventoryReceipt> {
  const sizes = new Map<Digest, number>();
  const bundles = deps.bundles.list();
  for (const { digest } of bundles) {
    const { closure, referrers } = deps.bundles.closureOf(digest);
    for (const held of [digest, ...closure.map((blob) => blob.digest), ...referrers]) {
      const size = sizes.has(held) ? undefined : await deps.blobs.size(held);
      if (size !== undefined) sizes.set(held, size);
    }
  }
  const blobs = [...sizes]
    .map(([digest, sizeBytes]) => ({ digest, sizeBytes }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.digest < b.digest ? -1 : 1))
    .slice(0, MAX_BLOBS);
  return {
    v: 1,
    site: { id: deps.site.id, name: deps.site.name },
    receiptId,
    issuedAt: toIsoUtc(deps.clock.now()),
    bundles: bundles.map(({ digest, model, version }) => ({ digest, model, version })),
    blobs,
  };
}

/** Writes the signed inventory. A repeated run finds its signed file standing and leaves it. */
export function receiptJob(deps: ReceiptDeps): JobKind<typeof Payload> {
  return {
    kind: RECEIPT_JOB,
    payload: Payload,
    title: () => 'inventory receipt',
    run: async ({ receiptId, volumeId, actor }) => {
      const volume = await deps.media.require(volumeId);
      const [reader, writer] = [deps.media.reader(volume), deps.media.writer(volume)];
      const folder = `${MEDIA_PATHS.outbox}/receipt/${receiptId}`;
      const inventory = await inventoryOf(deps, receiptId);
      if ((await reader.sizeOf(`${folder}/${RECEIPT_FILES.signed}`)) === undefined) {
        const key = await deps.vault.open('site');
        const envelope = await sealDocument(INVENTORY_TYPE, inventory, key);
        await writer.writeFile(`${folder}/${RECEIPT_FILES.key}`, new TextEncoder().encode(key.publicKeyPem));
        await writer.writeFile(
          `${folder}/${RECEIPT_FILES.signed}`,
          new TextEncoder().encode(`${canonicalJson(envelope)}\n`),
        );
      }
      deps.store.events.append({
        actor,
        stream: 'outbox',
        type: 'outbox.receipt-written',
        subject: receiptId,
        payload: {
          volumeId,
          mediumLabel: volume.label,
          mediumSerial: volume.serial,
          bundles: inventory.bundles.length,
          blobs: inventory.blobs.length,
          readBack: writer.readBack?.() ?? null,
        },
      });
      return { status: 'done' };
    },
  };
}
