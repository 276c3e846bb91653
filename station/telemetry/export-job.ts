import { z } from 'zod';
import { ExportRecipients } from '#contracts/keys.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { Actor, Id } from '#contracts/primitives.ts';
import { TELEMETRY_EXPORT_FILES, TELEMETRY_EXPORT_TYPE, type TelemetryExportManifest } from '#contracts/telemetry.ts';
import { toIsoUtc } from '#core/base/index.ts';
import type { JobKind } from '#core/jobs/ports.ts';
import { sealDocument } from '#core/signing/index.ts';
import type { ContentHasher } from '#core/storage/ports.ts';
import type { TelemetryDeps } from './telemetry-deps.ts';

export const TELEMETRY_EXPORT = 'telemetry-export';

const Payload = z.object({
  exportId: Id,
  volumeId: Id,
  actor: Actor,
  /** Who can read it besides those that the site names; none in jobs of older versions. */
  recipients: ExportRecipients,
});

type ExportedSegment = TelemetryExportManifest['segments'][number];

/** Copies sealed segments to a medium with a signed manifest. It never deletes: only a receipt may free what left. */
export function telemetryExportJob(deps: TelemetryDeps): JobKind<typeof Payload> {
  return {
    kind: TELEMETRY_EXPORT,
    payload: Payload,
    title: () => 'telemetry export',
    run: async ({ exportId, volumeId, actor, recipients }, context) => {
      const writer = deps.media.for(recipients).writer(await deps.media.require(volumeId));
      const folder = `${MEDIA_PATHS.outbox}/telemetry/${exportId}`;
      const sealed = await deps.log.seal();
      const total = sealed.reduce((sum, { bytes }) => sum + bytes, 0);
      const segments: ExportedSegment[] = [];
      for (const { digest: _content, ...segment } of sealed) {
        context.signal.throwIfAborted();
        const file = measured(deps.log.openSegment(segment.name), deps.hasher.begin());
        await writer.writeFile(`${folder}/${segment.name}`, file.content);
        segments.push({ ...segment, ...file.result() });
        context.report({ done: segments.reduce((sum, { bytes }) => sum + bytes, 0), total, unit: 'bytes' });
      }
      const manifest = manifestOf(deps, exportId, segments);
      const envelope = await sealDocument(TELEMETRY_EXPORT_TYPE, manifest, await deps.vault.open('site'));
      await writer.writeFile(
        `${folder}/${TELEMETRY_EXPORT_FILES.manifest}`,
        textBytes(`${JSON.stringify(manifest, null, 2)}\n`),
      );
      // Last: an export without it is not finished.
      await writer.writeFile(`${folder}/${TELEMETRY_EXPORT_FILES.signed}`, textBytes(JSON.stringify(envelope)));
      const payload = { volumeId, segments: segments.length, ...manifest.totals };
      deps.store.events.append({ actor, stream: 'telemetry', type: 'telemetry.exported', subject: exportId, payload });
      return { status: 'done' };
    },
  };
}

function manifestOf(
  deps: Pick<TelemetryDeps, 'site' | 'clock'>,
  exportId: string,
  segments: ExportedSegment[],
): TelemetryExportManifest {
  const totalOf = (member: 'records' | 'gaps' | 'bytes'): number =>
    segments.reduce((sum, segment) => sum + segment[member], 0);
  const totals = { records: totalOf('records'), gaps: totalOf('gaps'), bytes: totalOf('bytes') };
  return { v: 1, site: deps.site.id, exportId, createdAt: toIsoUtc(deps.clock.now()), segments, totals };
}

/** Content that is measured while somebody else reads it. */
function measured(content: AsyncIterable<Uint8Array>, hash: ReturnType<ContentHasher['begin']>) {
  let bytes = 0;
  return {
    content: (async function* () {
      for await (const block of content) {
        hash.update(block);
        bytes += block.length;
        yield block;
      }
    })(),
    result: () => ({ digest: hash.digest(), bytes }),
  };
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
