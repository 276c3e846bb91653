import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AUDIT_EXPORT_FILES } from '#contracts/audit.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { verifyAuditExport } from '#core/audit/index.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { enrolGateway, startGatewayProcess } from './gateway-process.ts';
import { feedLine, type Frame } from './line-feeder.ts';
import type { DemoSourceChoice } from './demo-source.ts';
import { authorMaterial } from './author-material.ts';
import type { DemoWorld } from './story.ts';

/** Parts pass a camera at this pace; three gateways share two cores with everything else. */
const PACE_MS = 400;

/** The world around the station: publishers, gateways as processes, a line that feeds them. */
export function createDemoWorld(options: {
  workDir: string;
  gatewaysDir: string;
  clock: Clock;
  ids: IdSource;
  source: DemoSourceChoice;
}): DemoWorld {
  let frames: readonly Frame[] = [];
  return {
    prepare: async () => {
      const authored = await authorMaterial(options);
      frames = authored.frames;
      return authored.material;
    },
    startGateway: async (name, { code, stationUrl }) => {
      const dir = join(options.gatewaysDir, name);
      await enrolGateway({ name, dir, code, stationUrl });
      return startGatewayProcess({ name, dir });
    },
    feed: (servingUrls, signal) => feedLine({ servingUrls, frames, paceMs: PACE_MS, signal }),
    verifyAudit: async (stick) => {
      const folder = await newestExport(stick, 'audit');
      const [records, checkpoint, key] = await Promise.all(
        [AUDIT_EXPORT_FILES.records, AUDIT_EXPORT_FILES.checkpoint, AUDIT_EXPORT_FILES.publicKey].map((name) =>
          readFile(join(folder, name), 'utf8'),
        ),
      );
      const { problem } = verifyAuditExport({ records: records ?? '', checkpoint: checkpoint ?? '' }, key ?? '', {
        verifier: nodeSignatureVerifier,
        hasher: nodeHasher,
      });
      return problem === null;
    },
    countAnnotations: async (stick) => {
      const coco: unknown = JSON.parse(
        await readFile(join(await newestExport(stick, 'review'), 'annotations.json'), 'utf8'),
      );
      return isCoco(coco) ? coco.images.length : 0;
    },
  };
}

/** Export ids are sortable by time. */
async function newestExport(stick: string, kind: string): Promise<string> {
  const folder = join(stick, MEDIA_PATHS.outbox, kind);
  return join(folder, (await readdir(folder)).sort().at(-1) ?? '');
}

function isCoco(value: unknown): value is { images: unknown[] } {
  return typeof value === 'object' && value !== null && 'images' in value && Array.isArray(value.images);
}
