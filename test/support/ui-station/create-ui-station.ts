import type { VolumeView } from '#contracts/media.ts';
import type { Person, Role } from '#contracts/site.ts';
import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { StoresAlarm } from '#station/trust/floor-keeper.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { digestOf } from './digests.ts';
import { createKnownBad, createStanding } from './known-bad-service.ts';
import type { KnownBad } from '#station/bundles/service.ts';
import { createFleet } from './fleet-service.ts';
import { createImports } from './imports-service.ts';
import { createKeys } from './keys-service.ts';
import { createMedia } from './media-service.ts';
import { defaultVolumes, populate } from './populate.ts';
import { createReview } from './review-service.ts';
import { createRollouts } from './rollouts-service.ts';
import { createSite } from './site-service.ts';
import { seriesFor } from './telemetry-data.ts';
import { createPeople } from './people-service.ts';
import { createOutbox, createSticks } from './sticks-service.ts';
import { createTrust } from './trust-service.ts';
import { World } from './world.ts';

export interface UiStationOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** An empty site, as on the first day. */
  readonly empty?: boolean;
  /** Sticks that are plugged in at the start. */
  readonly volumes?: readonly VolumeView[];
  /** Healthy gateways on top of the ten with troubles. */
  readonly manyDevices?: number;
  /** What the person at the screen may do; an administrator when absent. */
  readonly role?: Role;
  /** The alarm of a restored copy, as it is open at the start. */
  readonly storesAlarm?: StoresAlarm;
}

/** A station in memory for interface work and tests: every screen can be seen and used; nothing is stored or verified. */
export interface UiStation {
  readonly services: StationServices;
  readonly person: Person;
  plug(volume: VolumeView): void;
  unplug(volumeId: string): void;
  /** Copies stand still after their first bytes until they are let go on, so that a test can look at them. */
  holdCopies(held: boolean): void;
  /** How many rollouts were asked to start. */
  rolloutStarts(): number;
}

const DAY = 86_400_000;

/** Makes the in-memory station. */
export function createUiStation(options: UiStationOptions): UiStation {
  const world = new World(options.clock, options.ids);
  world.storesAlarm = options.storesAlarm ?? null;
  const person: Person = { id: 'dana', name: 'Dana Keller', role: options.role ?? 'admin' };
  for (const volume of options.volumes ?? (options.empty === true ? [] : defaultVolumes()))
    world.volumes.set(volume.id, volume);
  if (options.empty === true) world.demo = 'offered';
  else populate(world, person, options.manyDevices ?? 0);
  const people = createPeople(world);
  const knownBad = createKnownBad(world);
  const media = createMedia(world);
  const rollouts = createRollouts(world, (digest) => createStanding(world, knownBad).standingOf(digest).findings);
  return {
    person,
    plug: (volume) => media.plug(volume),
    unplug: (id) => media.unplug(id),
    holdCopies: (held) => {
      world.holdsCopies = held;
    },
    rolloutStarts: () => rollouts.starts.count,
    services: {
      site: createSite(world, person),
      trust: createTrust(world, people),
      people,
      media,
      sticks: createSticks(world),
      outbox: createOutbox(world),
      imports: createImports(world),
      bundles: createBundles(world, knownBad),
      knownBad,
      fleet: createFleet(world),
      benchmarks: {
        run({ deviceId, bundleDigest, seconds }, by) {
          const job = world.newJob('benchmark', `Benchmark on ${deviceId}`, deviceId);
          world.record(by, {
            stream: 'benchmark',
            type: 'benchmark.started',
            subject: deviceId,
            payload: { bundleDigest },
          });
          void world.runJob(job, 3000, (share) => ({
            done: Math.round(share * seconds),
            total: seconds,
            unit: 'seconds',
          }));
          return { jobId: job.id };
        },
        list: (filter) =>
          world.benchmarks.filter(
            (one) =>
              (filter?.deviceId === undefined || one.device === filter.deviceId) &&
              (filter?.bundleDigest === undefined || one.bundleDigest === filter.bundleDigest),
          ),
      },
      rollouts,
      review: createReview(world),
      telemetry: {
        receive: () => Promise.resolve(),
        series: (query) =>
          world.devices.size === 0
            ? { at: [], unit: 'ms', series: [], markers: [] }
            : seriesFor(query, world.clock.now()),
        status: () =>
          world.devices.size === 0
            ? { segments: 0, bytes: 0, records: 0, points: 0, oldestAt: null, newestAt: null, gaps: 0 }
            : {
                segments: 31,
                bytes: 48_200_000,
                records: 81_233,
                points: 1_204_221,
                oldestAt: world.clock.now() - 3 * DAY,
                newestAt: world.clock.now() - 4000,
                gaps: 1,
              },
        export(_input, by) {
          const job = world.newJob('telemetry-export', 'Export telemetry', 'telemetry');
          world.record(by, { stream: 'telemetry', type: 'telemetry.exported', subject: 'telemetry' });
          void world.runJob(job, 2000, (share) => ({
            done: Math.round(share * 48_200_000),
            total: 48_200_000,
            unit: 'bytes',
          }));
          return Promise.resolve({ jobId: job.id });
        },
      },
      audit: {
        list: ({ beforeSeq, limit, stream, subject, type }) =>
          world.audit
            .filter(
              (record) =>
                (beforeSeq === undefined || record.seq < beforeSeq) &&
                (stream === undefined || record.stream === stream) &&
                (subject === undefined || record.subject === subject) &&
                (type === undefined || record.type === type),
            )
            .reverse()
            .slice(0, limit),
        verify: () => ({
          entries: world.audit.length,
          intact: true,
          checkedAt: world.clock.now(),
          headHash: world.audit.at(-1)?.hash ?? digestOf('genesis'),
          firstBadSeq: null,
        }),
        export(_input, by) {
          const job = world.newJob('audit-export', 'Export audit records', 'audit');
          world.record(by, { stream: 'audit', type: 'audit.exported', subject: 'audit' });
          void world.runJob(job, 1200, (share) => ({
            done: Math.round(share * world.audit.length),
            total: world.audit.length,
            unit: 'items',
          }));
          return Promise.resolve({ jobId: job.id });
        },
      },
      keys: createKeys(world),
      jobs: createJobs(world),
    },
  };
}

function createBundles(world: World, knownBad: KnownBad): StationServices['bundles'] {
  const standing = createStanding(world, knownBad);
  const require = (digest: string) => {
    const bundle = world.bundles.get(digest);
    if (bundle === undefined) throw new AppError('NOT_FOUND', `no bundle ${digest}`, { digest });
    return bundle;
  };
  return {
    list: () => [...world.bundles.values()].map((bundle) => bundle.summary),
    ...standing,
    get: (digest) => Promise.resolve({ ...require(digest), standing: standing.standingOf(digest) }),
    require: (digest) => require(digest).summary,
    contractOf: (digest) => Promise.resolve(require(digest).contract),
    closureOf: () => ({ closure: [], referrers: [] }),
  };
}

function createJobs(world: World): JobRunner {
  return {
    register: () => undefined,
    enqueue: () => world.ids.next(),
    wake: () => undefined,
    cancel(jobId) {
      const job = world.jobs.get(jobId);
      if (job === undefined || job.state === 'done')
        throw new AppError('JOB_NOT_CANCELLABLE', `job ${jobId} has ended`, { jobId });
      world.putJob({ ...job, state: 'cancelled' });
    },
    get: (jobId) => world.jobs.get(jobId),
    list: () => [...world.jobs.values()],
    async *watch(after, signal) {
      for await (const { sequence, value } of world.jobChanges.after(after, signal)) yield { sequence, job: value };
    },
    start: () => undefined,
    stop: () => Promise.resolve(),
  };
}
