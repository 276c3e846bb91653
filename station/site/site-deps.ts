import type { SiteConfig, SiteOverview } from '#contracts/site.ts';
import type { Clock } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { DemoRunner } from './demo-runner.ts';

/** What the site service is made of. */
export interface SiteDeps {
  readonly config: SiteConfig;
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly clock: Clock;
  readonly demo: DemoRunner | null;
  /** What is abnormal about trust, its stores and the clock. */
  readonly trustAlarms: () => SiteOverview['alarms'];
  /** The other services; asked when the overview is, so that none needs another while it is made. */
  readonly services: () => Pick<StationServices, 'fleet' | 'bundles' | 'imports' | 'rollouts' | 'review'>;
}
