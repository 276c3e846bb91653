import type { AuditService } from '#station/audit/service.ts';
import type { BenchmarkService } from '#station/benchmarks/service.ts';
import type { BundleService, KnownBad } from '#station/bundles/service.ts';
import type { FleetService } from '#station/fleet/service.ts';
import type { ImportService } from '#station/imports/service.ts';
import type { KeysService } from '#station/keys/service.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { MediaService } from '#station/media/service.ts';
import type { PeopleService } from '#station/people/service.ts';
import type { OutboxService } from '#station/outbox/service.ts';
import type { ReviewService } from '#station/review/service.ts';
import type { RolloutService } from '#station/rollouts/service.ts';
import type { SiteService } from '#station/site/service.ts';
import type { SticksService } from '#station/sticks/service.ts';
import type { TelemetryService } from '#station/telemetry/service.ts';
import type { TrustService } from '#station/trust/service.ts';

/** The use cases of a site, one service a feature. Screens and command line call these and nothing else. */
export interface StationServices {
  readonly site: SiteService;
  readonly trust: TrustService;
  readonly people: PeopleService;
  readonly media: MediaService;
  readonly sticks: SticksService;
  readonly outbox: OutboxService;
  readonly imports: ImportService;
  readonly bundles: BundleService;
  readonly knownBad: KnownBad;
  readonly fleet: FleetService;
  readonly benchmarks: BenchmarkService;
  readonly rollouts: RolloutService;
  readonly review: ReviewService;
  readonly telemetry: TelemetryService;
  readonly audit: AuditService;
  readonly keys: KeysService;
  readonly jobs: JobRunner;
}
