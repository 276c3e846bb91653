import { auditRouter } from '#station/audit/router.ts';
import { benchmarksRouter } from '#station/benchmarks/router.ts';
import { knownBadRouter } from '#station/bundles/known-bad-router.ts';
import { bundlesRouter } from '#station/bundles/router.ts';
import { fleetRouter } from '#station/fleet/router.ts';
import { importsRouter } from '#station/imports/router.ts';
import { jobsRouter } from '#station/jobs/router.ts';
import { keysRouter } from '#station/keys/router.ts';
import { mediaRouter } from '#station/media/router.ts';
import { peopleRouter } from '#station/people/router.ts';
import { outboxRouter } from '#station/outbox/router.ts';
import { reviewRouter } from '#station/review/router.ts';
import { rolloutsRouter } from '#station/rollouts/router.ts';
import { router } from '#station/rpc/trpc.ts';
import { siteRouter } from '#station/site/router.ts';
import { sticksRouter } from '#station/sticks/router.ts';
import { telemetryRouter } from '#station/telemetry/router.ts';
import { trustRouter } from '#station/trust/router.ts';

/** Everything a page may ask of the station. */
export const appRouter = router({
  site: siteRouter,
  trust: trustRouter,
  people: peopleRouter,
  media: mediaRouter,
  sticks: sticksRouter,
  outbox: outboxRouter,
  imports: importsRouter,
  bundles: bundlesRouter,
  knownBad: knownBadRouter,
  fleet: fleetRouter,
  benchmarks: benchmarksRouter,
  rollouts: rolloutsRouter,
  review: reviewRouter,
  telemetry: telemetryRouter,
  audit: auditRouter,
  keys: keysRouter,
  jobs: jobsRouter,
});

export type AppRouter = typeof appRouter;
