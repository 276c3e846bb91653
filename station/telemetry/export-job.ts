import { z } from 'zod';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { Actor, Id } from '#contracts/primitives.ts';
import { toIsoUtc, type Digest } from '#core/base/index.ts';
import type { JobKind } from '#core/jobs/ports.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { ContentHasher } from '#core/storage/ports.ts';
import type { SegmentInfo } from '#core/telemetry/index.ts';
import type { TelemetryDeps } from './telemetry-deps.ts';

export const TELEMETRY_EXPORT = 'telemetry-export';
const MANIFEST_TYPE = 'application/vnd.gantry.telemetry-export.v1+json';

const Payload = z.object({ exportId: Id, volumeId: Id, actor: Actor });

/** Copies sealed segments to a medium with a signed manifest. It never deletes: only a receipt may free what left. */
export function telemetryExportJob(deps: TelemetryDeps): JobKind<typeof Payload> {
  return {
    kind: TELEMETRY_EXPORT,
    payload: Payload,
    title: () => 'telemetry export',
    run: async ({ exportId, volumeId, actor }, context) => {
      const writer = deps.media.writer(await deps.media.require(volumeId));
      const folder = `${MEDIA_PATHS.outbox}/telemetry/${exportId}`;
      const segments = await deps.log.seal();
      const total = segments.reduce((sum, segment) => sum + segment.bytes, 0);
      const digests: { segment: SegmentInfo; digest: Digest }[] = [];
      let done = 0;
      for (const segment of segments) {
        context.signal.throwIfAborted();
        const hash = deps.hasher.begin();
        await writer.writeFile(`${folder}/${segment.name}`, hashed(deps.log.openSegment(segment.name), hash));
        digests.push({ segment, digest: hash.digest() });
        done += segment.bytes;
        context.report({ done, total, unit: 'bytes' });
      }
      const manifest = {
        v: 1,
        site: deps.site.id,
        exportId,
        createdAt: toIsoUtc(deps.clock.now()),
        gaps: deps.log.gaps,
        segments: digests.map(({ segment, digest }) => ({
          name: segment.name,
          digest,
          firstSeq: segment.firstSeq,
          lastSeq: segment.lastSeq,
          records: segment.records,
          bytes: segment.bytes,
        })),
      };
      const envelope = await sealDocument(MANIFEST_TYPE, manifest, await deps.vault.open('site'));
      await writer.writeFile(`${folder}/manifest.dsse.json`, new TextEncoder().encode(JSON.stringify(envelope)));
      await writer.writeFile(
        `${folder}/manifest.json`,
        new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`),
      );
      deps.store.events.append({
        actor,
        stream: 'telemetry',
        type: 'telemetry.exported',
        subject: exportId,
        payload: { volumeId, segments: segments.length, bytes: total },
      });
      return { status: 'done' };
    },
  };
}

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  hash: ReturnType<ContentHasher['begin']>,
): AsyncIterable<Uint8Array> {
  for await (const block of content) {
    hash.update(block);
    yield block;
  }
}
