import { join } from 'node:path';
import { decodeMetrics } from '#native/otlp/index.ts';
import { openPointIndex } from '#native/sqlite/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';
import { createAuditService } from '#station/audit/create-audit-service.ts';
import type { AuditService } from '#station/audit/service.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { FleetService } from '#station/fleet/service.ts';
import type { ExportMedia, MediaService } from '#station/media/service.ts';
import { createReviewService } from '#station/review/create-review-service.ts';
import type { ReviewService } from '#station/review/service.ts';
import { createTelemetryService } from '#station/telemetry/create-telemetry-service.ts';
import type { TelemetryService } from '#station/telemetry/service.ts';
import type { SiteParts } from './site-parts.ts';

/** What comes back from the devices and leaves the plant: telemetry, samples, the audit trail. */
export interface EvidenceSide {
  readonly telemetry: TelemetryService;
  readonly review: ReviewService;
  readonly audit: AuditService;
  close(): Promise<void>;
}

/** Wires review, telemetry and audit of a site. */
export async function composeEvidence(
  parts: SiteParts,
  from: { fleet: Pick<FleetService, 'get'>; bundles: BundleService; media: ExportMedia<MediaService> },
): Promise<EvidenceSide> {
  const { site, ...common } = parts;
  const { fleet, bundles, media } = from;
  const log = await openTelemetryLog({ dir: site.paths.telemetry, site: site.config.id, ids: parts.ids });
  const index = openPointIndex(join(site.paths.telemetry, 'index.db'));
  return {
    telemetry: await createTelemetryService({ ...common, media, log, index, decode: decodeMetrics, site: site.config }),
    review: createReviewService({
      ...common,
      media,
      lineOf: (device) => fleet.get(device).line,
      classesOf: async (digest) => (await bundles.contractOf(digest)).labelClasses,
    }),
    audit: createAuditService({ ...common, media, site: site.config }),
    close: async () => {
      await log.close();
      index.close();
    },
  };
}
