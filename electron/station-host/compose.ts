import { join } from 'node:path';
import type { ShellSession } from '#contracts/rpc.ts';
import type { Person } from '#contracts/site.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import type { StationLog } from '#native/log/index.ts';
import { appRouter } from '#station/app-router.ts';
import { createBenchmarkService } from '#station/benchmarks/create-benchmarks.ts';
import { createKeysService } from '#station/keys/create-keys-service.ts';
import { sealExports } from '#station/keys/seal-exports.ts';
import { createOutboxService } from '#station/outbox/create-outbox-service.ts';
import { createRolloutService } from '#station/rollouts/create-rollout-service.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { CallContext } from '#station/rpc/trpc.ts';
import { createSiteService } from '#station/site/create-site-service.ts';
import type { DemoRunner } from '#station/site/demo-runner.ts';
import { bundleFloors } from '#station/trust/bundle-floors.ts';
import { trustAlarms } from '#station/trust/trust-alarms.ts';
import { composeContent } from './compose-content.ts';
import { composeDevices } from './compose-devices.ts';
import { composeEvidence } from './compose-evidence.ts';
import { composeTrust } from './compose-trust.ts';
import type { NetworkWish } from './site-network.ts';
import { openSiteParts, type SiteParts, type SiteWish } from './site-parts.ts';

export { createSite } from './site-parts.ts';

/** What a shell may choose when it starts a station. */
export interface StationEnv extends SiteWish, NetworkWish {
  /** Tells the demonstration; made with the composed station, since it uses its services. */
  readonly demo?: (station: DemoSite) => DemoRunner;
}

/** What a demonstration may use of the station. */
export interface DemoSite {
  readonly services: () => StationServices;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly workDir: string;
}

/** A running station with everything a shell or a command needs. */
export interface StationHost {
  readonly router: typeof appRouter;
  readonly services: StationServices;
  readonly person: Person;
  readonly log: StationLog;
  readonly siteDir: string;
  createContext(session: ShellSession): CallContext;
  close(): Promise<void>;
}

/** What a first start calls its site, until a person runs `gantry init` for a site of their own. */
export const FIRST_SITE = { siteName: 'Plant', administrator: 'administrator' } as const;

const ROLLOUT_TICK_MS = 500;

/** Wires and starts the station of a site. Concrete adapters are named in this folder and nowhere else. */
export async function composeStation(env: StationEnv): Promise<StationHost> {
  const parts = await openSiteParts(env);
  const closers: Closer[] = [
    () => parts.log.close(),
    () => {
      parts.store.close();
    },
    () => parts.hashThreads.close(),
  ];
  try {
    const services = await startServices(env, parts, closers);
    const person = parts.site.config.administrator;
    const logFailure = (error: unknown, path: string): string => parts.log.failure(error, path);
    return {
      router: appRouter,
      services,
      person,
      log: parts.log,
      siteDir: env.siteDir,
      createContext: () => ({ person, services, logFailure }),
      close: () => closeAll(closers),
    };
  } catch (error) {
    // An open port would keep a command that failed alive for ever.
    await closeAll(closers);
    throw error;
  }
}

/** Undoes one step of the start. */
type Closer = () => void | Promise<void>;

/** The last thing started is the first one closed. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

/**
 * Makes the services, then lets devices in, then starts what runs by itself: nothing is told to a part that is not there yet.
 * What was started is in `closers`, also when a later step fails.
 */
async function startServices(env: StationEnv, parts: SiteParts, closers: Closer[]): Promise<StationServices> {
  const { store, jobs, clock, ids, site } = parts;
  const { people, floors, trust, knownBad } = await composeTrust(parts);
  const rules = { trust: trust.trust, policy: trust.policy };
  const content = composeContent(parts, { ...rules, floors: bundleFloors(floors, clock), downgrades: trust, knownBad });
  const { bundles, media } = content;
  const devices = await composeDevices(env, {
    ...parts,
    ...rules,
    deviceTrust: trust.forDevices,
    mirror: content.mirror,
  });
  closers.push(() => devices.close());
  const { fleet } = devices;
  const keys = createKeysService({ ...parts, media, site: site.config });
  const sealed = sealExports(media, { ...parts, recipients: keys.exportRecipients });
  const evidence = await composeEvidence(parts, { fleet, bundles, media: sealed });
  // Closed after the port through which devices fill it.
  closers.splice(-1, 0, () => evidence.close());
  const benchmarks = createBenchmarkService({ store, jobs, fleet, bundles, mirrorUrl: () => devices.urls().deviceUrl });
  const onDriverFailure = (error: unknown): void => {
    parts.onError(error, 'drive rollouts');
  };
  const rollouts = createRolloutService({
    ...parts,
    fleet,
    bundles,
    benchmarks,
    downgrades: trust,
    tickMs: ROLLOUT_TICK_MS,
    onDriverFailure,
  });
  const demo = env.demo?.({ services: () => services, clock, ids, workDir: join(env.siteDir, 'demo') }) ?? null;
  const services: StationServices = {
    site: createSiteService({
      config: site.config,
      store,
      jobs,
      clock,
      demo,
      services: () => services,
      trustAlarms: () => trustAlarms(trust),
    }),
    trust,
    people,
    media,
    sticks: content.sticks,
    outbox: createOutboxService({ ...parts, ...evidence, media, bundles, site: site.config }),
    imports: content.imports.service,
    bundles,
    knownBad,
    fleet,
    benchmarks,
    rollouts: rollouts.service,
    review: evidence.review,
    telemetry: evidence.telemetry,
    audit: evidence.audit,
    keys,
    jobs,
  };
  await devices.listen({ receiveMetrics: evidence.telemetry.receive, receiveSample: evidence.review.receive });
  await content.imports.start();
  content.summaries.start();
  jobs.start();
  closers.push(
    () => jobs.stop(),
    () => content.imports.stop(),
    () => content.summaries.stop(),
  );
  if (env.devices !== 'closed') rollouts.start();
  closers.push(
    () => rollouts.stop(),
    () => demo?.stop(),
  );
  return services;
}
