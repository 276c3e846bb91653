import type { Clock, IdSource } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { KeyVault } from '#core/keys/ports.ts';
import type { ContentHasher, StationStore } from '#core/storage/ports.ts';
import type { DecodeMetrics, PointIndex, TelemetryLog } from '#core/telemetry/index.ts';
import type { ExportMedia, MediaService } from '#station/media/service.ts';

/** What the telemetry service is made of. */
export interface TelemetryDeps {
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly media: ExportMedia<MediaService>;
  readonly vault: KeyVault;
  readonly log: TelemetryLog;
  readonly index: PointIndex;
  readonly decode: DecodeMetrics;
  readonly hasher: ContentHasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly site: { readonly id: string };
}
