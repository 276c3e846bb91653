import { join } from 'node:path';
import type { ModelContract } from '#contracts/bundle.ts';
import type { ShellSession } from '#contracts/rpc.ts';
import type { Person } from '#contracts/site.ts';
import { isAppError, type Clock, type IdSource } from '#core/base/index.ts';
import { layoutInspector } from '#core/media/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { ensureVaultKeys, fileKeyVault, nodeHasher, nodeSignatureVerifier } from '#native/keys/index.ts';
import { openStationLog, type StationLog } from '#native/log/index.ts';
import { inboxVolumeSource, nodeFolderOpener, nodeMediaAccess, removableVolumes } from '#native/media/index.ts';
import { decodeMetrics } from '#native/otlp/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createSiteFolder, openSiteFolder, type SiteFolder } from '#native/site-folder/index.ts';
import { openPointIndex, openStationStore } from '#native/sqlite/index.ts';
import { openTelemetryLog } from '#native/telemetry-log/index.ts';
import { appRouter } from '#station/app-router.ts';
import { createAuditService } from '#station/audit/create-audit-service.ts';
import { createBenchmarkService } from '#station/benchmarks/create-benchmarks.ts';
import { createBundleService } from '#station/bundles/create-bundle-service.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { createImportService } from '#station/imports/create-import-service.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { createReviewService } from '#station/review/create-review-service.ts';
import { createRolloutService } from '#station/rollouts/create-rollout-service.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { CallContext } from '#station/rpc/trpc.ts';
import { createSiteService } from '#station/site/create-site-service.ts';
import type { DemoRunner } from '#station/site/demo-runner.ts';
import { createTelemetryService } from '#station/telemetry/create-telemetry-service.ts';
import { composeDevices } from './compose-devices.ts';
import type { NetworkWish } from './site-network.ts';

/** What a shell may choose when it starts a station. */
export interface StationEnv extends NetworkWish {
  readonly siteDir: string;
  /** Makes the site when the folder holds none: a desktop start does, a command on a site does not. */
  readonly create?: { readonly siteName: string; readonly administrator: string };
  readonly passphrase?: string;
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

/** Jobs that may run side by side; imports and exports of one medium exclude each other by key. */
const JOBS_AT_ONCE = 3;
const ROLLOUT_TICK_MS = 500;

/** Wires the station of a site: every concrete adapter is named here. Creates the site at the first start. */
export async function composeStation(env: StationEnv): Promise<StationHost> {
  const clock = systemClock;
  const ids = randomIds(clock);
  const site = await openOrCreateSite(env, clock, ids);
  const log = openStationLog({ dir: site.paths.logs, clock, ids });
  const store = openStationStore({ path: site.paths.database, clock, ids, hasher: nodeHasher });
  try {
    return await composeOpened(env, { site, log, store, clock, ids });
  } catch (error) {
    store.close();
    throw error;
  }
}

interface Opened {
  readonly site: SiteFolder;
  readonly log: StationLog;
  readonly store: ReturnType<typeof openStationStore>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

async function composeOpened(env: StationEnv, opened: Opened): Promise<StationHost> {
  const { site, log, store, clock, ids } = opened;
  const { config, paths } = site;
  await ensureVaultKeys(paths.keys, site.passphrase);
  const vault = fileKeyVault(paths.keys, site.passphrase);
  const common = { store, clock, ids, hasher: nodeHasher };
  const blobs = await folderBlobStore(paths.store);
  const jobs = createJobRunner({ ...common, concurrency: JOBS_AT_ONCE, logFailure: (error, what) => log.failure(error, what) });
  const onError = (error: unknown, what: string): void => void log.failure(error, what);

  const media = createMediaService({
    ...common,
    sources: [inboxVolumeSource(paths.inbox, 'inbox'), ...removableVolumes(process.platform)],
    opener: nodeFolderOpener,
    access: nodeMediaAccess,
    inspectLayout: layoutInspector(nodeHasher),
    onSourceFailure: (error) => { onError(error, 'look at media'); },
  });
  const { service: bundles, register } = createBundleService({ store, blobs });
  const mirror = createMirrorCatalogue({ bundles, blobs, clock });
  const devices = await composeDevices(env, { ...opened, vault, blobs, mirror, onError, trust: () => siteService.trust(), policy: () => siteService.policy() });
  const { fleet } = devices;
  const review = createReviewService({
    ...common, blobs, jobs, media, vault,
    lineOf: (device) => fleet.get(device).line,
    classesOf: async (digest) => (await bundles.contractOf(digest)).labelClasses,
  });
  const telemetryLog = await openTelemetryLog({ dir: paths.telemetry });
  const pointIndex = openPointIndex(join(paths.telemetry, 'index.db'));
  const telemetry = await createTelemetryService({ ...common, jobs, media, vault, log: telemetryLog, index: pointIndex, decode: decodeMetrics, site: config });
  const benchmarks = createBenchmarkService({ store, jobs, fleet, bundles, mirrorUrl: () => devices.urls().deviceUrl });
  const imports = createImportService({
    ...common, blobs, media, jobs, bundles: register, onWatchFailure: (error) => { onError(error, 'watch for media'); },
    verify: createImportVerification({
      trust: () => siteService.trust(),
      policy: () => siteService.policy(),
      sequenceFloor: (model) => highestSequence(bundles, model),
      lineContract: (model) => contractInUse(bundles, model),
      attestations: sigstoreAttestations,
      hasher: nodeHasher,
      clock,
    }),
  });
  const rollouts = createRolloutService({ ...common, fleet, bundles, benchmarks, tickMs: ROLLOUT_TICK_MS, onDriverFailure: (error) => { onError(error, 'drive rollouts'); } });
  const audit = createAuditService({ ...common, jobs, media, vault, site: config });
  const demo = env.demo?.({ services: () => services, clock, ids, workDir: join(env.siteDir, 'demo') }) ?? null;
  const siteService = createSiteService({ config, store, jobs, clock, verifier: nodeSignatureVerifier, demo, services: () => services });
  const services: StationServices = {
    site: siteService, media, imports: imports.service, bundles, fleet, benchmarks, rollouts: rollouts.service, review: review, telemetry, audit, jobs,
  };
  await devices.listen({ receiveMetrics: telemetry.receive, receiveSample: review.receive });
  await imports.start();
  jobs.start();
  rollouts.start();
  return {
    router: appRouter,
    services,
    person: config.administrator,
    log,
    siteDir: env.siteDir,
    createContext: () => ({ person: config.administrator, services, logFailure: (error, path) => log.failure(error, path) }),
    close: async () => {
      await demo?.stop();
      await rollouts.stop();
      await imports.stop();
      await jobs.stop();
      await devices.close();
      await telemetryLog.close();
      pointIndex.close();
      store.close();
      await log.close();
    },
  };
}

/** Anti-rollback: no bundle of a model is accepted below the highest sequence that was. */
function highestSequence(bundles: BundleService, model: string): number | null {
  const sequences = bundles.list().filter((bundle) => bundle.model === model).map((bundle) => bundle.sequence);
  return sequences.length === 0 ? null : Math.max(...sequences);
}

/** The lines feed what the newest accepted bundle of the model asks for; a later bundle must take the same inputs. */
async function contractInUse(bundles: BundleService, model: string): Promise<Pick<ModelContract, 'inputs'> | null> {
  const newest = bundles.list().filter((bundle) => bundle.model === model).sort((a, b) => b.sequence - a.sequence)[0];
  return newest === undefined ? null : bundles.contractOf(newest.digest);
}

/** The site of this folder; the first start makes one, with its administrator. */
async function openOrCreateSite(env: StationEnv, clock: Clock, ids: IdSource): Promise<SiteFolder> {
  const passphrase = env.passphrase ?? null;
  try {
    return await openSiteFolder(env.siteDir, passphrase);
  } catch (error) {
    if (!isAppError(error, 'SITE_NOT_FOUND') || env.create === undefined) throw error;
  }
  return createSite({ dir: env.siteDir, passphrase, ...env.create }, clock, ids);
}

/** Makes a new site with its first administrator. SITE_EXISTS when the folder holds one. */
export function createSite(
  wish: { dir: string; siteName: string; administrator: string; passphrase: string | null },
  clock: Clock,
  ids: IdSource,
): ReturnType<typeof createSiteFolder> {
  const id = ids.next();
  const administrator: Person = { id: `person-${id.slice(-8)}`, name: wish.administrator, role: 'admin' };
  return createSiteFolder(wish.dir, { v: 1, id: `site-${id.slice(-12)}`, name: wish.siteName, createdAt: clock.now(), administrator }, wish.passphrase);
}
