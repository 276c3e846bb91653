import { z } from 'zod';
import { ExportRecipients } from '#contracts/keys.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { Actor, Id } from '#contracts/primitives.ts';
import { AppError, canonicalJson, type Digest, type Json } from '#core/base/index.ts';
import type { JobKind } from '#core/jobs/ports.ts';
import type { Volume } from '#core/media/ports.ts';
import { planCocoExport, REVIEW_EXPORT_TYPE, type ReviewExport } from '#core/review/index.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { ReviewDeps } from './review-deps.ts';
import type { SampleRecords } from './sample-records.ts';

const ReviewExportPayload = z.object({ volumeId: Id, actor: Actor, recipients: ExportRecipients });

/** Writes accepted samples to a medium. Safe to repeat: equal files stay, and the folder is named by its content. */
export function reviewExportJob(deps: ReviewDeps, records: SampleRecords): JobKind<typeof ReviewExportPayload> {
  return {
    kind: 'review-export',
    payload: ReviewExportPayload,
    title: () => 'review export (COCO)',
    run: async ({ volumeId, actor, recipients }, context) => {
      const volume = await deps.media.require(volumeId);
      const media = deps.media.for(recipients);
      const writer = media.writer(volume);
      const plan = await planExport(deps, records);
      const folder = `${MEDIA_PATHS.outbox}/review/${plan.exportId}`;
      let done = 0;
      for (const file of plan.files) {
        context.signal.throwIfAborted();
        await writer.writeFile(
          `${folder}/${file.path}`,
          'text' in file ? new TextEncoder().encode(file.text) : deps.blobs.stream(file.blob),
        );
        done += 1;
        context.report({ done, total: plan.files.length + 2, unit: 'items' });
      }
      await signManifest({ vault: deps.vault, media }, plan, folder, volume);
      deps.store.events.append({
        actor,
        stream: 'review',
        type: 'review.exported',
        subject: plan.exportId,
        payload: {
          volumeId,
          mediumLabel: volume.label,
          mediumSerial: volume.serial,
          images: plan.imageCount,
          features: plan.featureCount,
        },
      });
      return { status: 'done' };
    },
  };
}

/** EXPORT_EMPTY when no accepted sample is there. */
export async function planExport(
  deps: Pick<ReviewDeps, 'blobs' | 'hasher'>,
  records: SampleRecords,
): Promise<ReviewExport> {
  const accepted = records.accepted();
  if (accepted.length === 0) throw new AppError('EXPORT_EMPTY', 'no sample is accepted yet', {});
  const sizes = new Map<Digest, number>();
  for (const { contentDigest } of accepted) sizes.set(contentDigest, (await deps.blobs.size(contentDigest)) ?? 0);
  return planCocoExport(accepted, deps.hasher, (digest) => sizes.get(digest) ?? 0);
}

/** The manifest comes last: a folder with a manifest is whole. An ECDSA signature differs every time, so a standing one stays. */
async function signManifest(
  deps: Pick<ReviewDeps, 'vault'> & { readonly media: Pick<ReviewDeps['media'], 'reader' | 'writer'> },
  plan: ReviewExport,
  folder: string,
  volume: Volume,
): Promise<void> {
  const [reader, writer] = [deps.media.reader(volume), deps.media.writer(volume)];
  const signature = `${folder}/manifest.dsse.json`;
  if ((await reader.sizeOf(signature)) === undefined) {
    const envelope = await sealDocument(
      REVIEW_EXPORT_TYPE,
      JSON.parse(plan.manifest) as Json,
      await deps.vault.open('site'),
    );
    await writer.writeFile(signature, new TextEncoder().encode(`${canonicalJson(envelope)}\n`));
  }
  await writer.writeFile(`${folder}/manifest.json`, new TextEncoder().encode(plan.manifest));
}
