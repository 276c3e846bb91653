import type { DeviceView } from '#contracts/device.ts';
import type { VolumeView } from '#contracts/media.ts';
import type { LineTile, Person, SiteOverview } from '#contracts/site.ts';
import { AppError, type Clock, type IdSource } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { sampleBenchmarks } from './benchmarks-data.ts';
import { bundleFor, PUBLISHER_KEY, verdictFor } from './bundles-data.ts';
import { sampleDevices } from './devices-data.ts';
import { digestOf, hexOf } from './digests.ts';
import { createImports, UNTRUSTED_VERSION } from './imports-service.ts';
import { createMedia, stick } from './media-service.ts';
import { createReview, sampleQueue } from './review-service.ts';
import { createRollouts } from './rollouts-service.ts';
import { sampleRollouts } from './rollouts-data.ts';
import { seriesFor } from './telemetry-data.ts';
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
}

/** A station in memory for interface work and tests: every screen can be seen and used; nothing is stored or verified. */
export interface UiStation {
  readonly services: StationServices;
  readonly person: Person;
  plug(volume: VolumeView): void;
  unplug(volumeId: string): void;
  /** How many rollouts were asked to start. */
  rolloutStarts(): number;
}

const DAY = 86_400_000;

/** Makes the in-memory station. */
export function createUiStation(options: UiStationOptions): UiStation {
  const world = new World(options.clock, options.ids);
  const person: Person = { id: 'dana', name: 'Dana Keller', role: 'admin' };
  for (const volume of options.volumes ?? (options.empty === true ? [] : defaultVolumes())) world.volumes.set(volume.id, volume);
  if (options.empty === true) world.demo = 'offered';
  else populate(world, person, options.manyDevices ?? 0);
  const media = createMedia(world);
  const rollouts = createRollouts(world);
  return {
    person,
    plug: (volume) => media.plug(volume),
    unplug: (id) => media.unplug(id),
    rolloutStarts: () => rollouts.starts.count,
    services: {
      site: createSite(world, person),
      media,
      imports: createImports(world),
      bundles: createBundles(world),
      fleet: createFleet(world),
      benchmarks: {
        run({ deviceId, bundleDigest, seconds }, by) {
          const job = world.newJob('benchmark', `Benchmark on ${deviceId}`, deviceId);
          world.record(by, { stream: 'benchmark', type: 'benchmark.started', subject: deviceId, payload: { bundleDigest } });
          void world.runJob(job, 3000, (share) => ({ done: Math.round(share * seconds), total: seconds, unit: 'seconds' }));
          return { jobId: job.id };
        },
        list: (filter) => world.benchmarks.filter((one) => (filter?.deviceId === undefined || one.device === filter.deviceId) && (filter?.bundleDigest === undefined || one.bundleDigest === filter.bundleDigest)),
      },
      rollouts,
      review: createReview(world),
      telemetry: {
        receive: () => Promise.resolve(),
        series: (query) => (world.devices.size === 0 ? { at: [], unit: 'ms', series: [], markers: [] } : seriesFor(query, world.clock.now())),
        status: () => (world.devices.size === 0 ? { segments: 0, bytes: 0, records: 0, points: 0, oldestAt: null, newestAt: null, gaps: 0 } : { segments: 31, bytes: 48_200_000, records: 81_233, points: 1_204_221, oldestAt: world.clock.now() - 3 * DAY, newestAt: world.clock.now() - 4000, gaps: 1 }),
        export(_input, by) {
          const job = world.newJob('telemetry-export', 'Export telemetry', 'telemetry');
          world.record(by, { stream: 'telemetry', type: 'telemetry.exported', subject: 'telemetry' });
          void world.runJob(job, 2000, (share) => ({ done: Math.round(share * 48_200_000), total: 48_200_000, unit: 'bytes' }));
          return Promise.resolve({ jobId: job.id });
        },
      },
      audit: {
        list: ({ beforeSeq, limit, stream, subject, type }) =>
          world.audit
            .filter((record) => (beforeSeq === undefined || record.seq < beforeSeq) && (stream === undefined || record.stream === stream) && (subject === undefined || record.subject === subject) && (type === undefined || record.type === type))
            .reverse()
            .slice(0, limit),
        verify: () => ({ entries: world.audit.length, intact: true, checkedAt: world.clock.now(), headHash: world.audit.at(-1)?.hash ?? digestOf('genesis'), firstBadSeq: null }),
        export(_input, by) {
          const job = world.newJob('audit-export', 'Export audit records', 'audit');
          world.record(by, { stream: 'audit', type: 'audit.exported', subject: 'audit' });
          void world.runJob(job, 1200, (share) => ({ done: Math.round(share * world.audit.length), total: world.audit.length, unit: 'items' }));
          return Promise.resolve({ jobId: job.id });
        },
      },
      jobs: createJobs(world),
    },
  };
}

function defaultVolumes(): VolumeView[] {
  return [stick('usb-1', '1.2.0'), stick('usb-2', UNTRUSTED_VERSION)];
}

function populate(world: World, person: Person, many: number): void {
  const now = world.clock.now();
  for (const device of sampleDevices(now, many)) world.devices.set(device.id, device);
  for (const [version, sequence, age] of [['1.0.0', 1, 40], ['1.1.0', 2, 6]] as const) {
    const bundle = bundleFor(version, sequence, now - age * DAY);
    world.bundles.set(bundle.summary.digest, bundle);
  }
  world.benchmarks.push(...sampleBenchmarks(now));
  for (const rollout of sampleRollouts(now)) world.rollouts.set(rollout.id, rollout);
  for (const sample of sampleQueue(now, 40)) world.samples.set(sample.id, sample);
  world.keys.push({ keyId: PUBLISHER_KEY, name: 'ACME Vision, model publishing', publicKeyPem: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n', channels: ['staging', 'production'], addedAt: now - 41 * DAY, addedBy: 'Dana Keller' });
  pastImports(world, now);
  const event = (ageMinutes: number, stream: string, type: string, subject: string, ticket: string | null = null): void =>
    world.record(type.startsWith('device.') ? null : person, { at: now - ageMinutes * 60_000, stream, type, subject, ticket });
  event(41 * 1440, 'trust', 'trust.key-added', PUBLISHER_KEY);
  event(40 * 1440, 'fleet', 'fleet.code-created', 'aoi-4-01');
  event(40 * 1440 - 3, 'device', 'device.enrolled', 'aoi-4-01');
  event(6 * 1440, 'import', 'import.started', 'imp-1-1-0');
  event(6 * 1440 - 2, 'import', 'import.accepted', 'imp-1-1-0');
  event(92, 'benchmark', 'benchmark.started', 'aoi-4-01');
  event(60, 'rollout', 'rollout.started', 'ro-110', 'CHG-20417');
  event(44, 'device', 'device.confirmed', 'aoi-4-01', 'CHG-20417');
  event(42, 'device', 'device.fell-back', 'aoi-4-03', 'CHG-20431');
  event(41, 'rollout', 'rollout.held', 'ro-120', 'CHG-20431');
}

function pastImports(world: World, now: number): void {
  const base = { volumeId: 'usb-0', volumeSerial: '4C530001107', totalBytes: 14_208_431, copiedBytes: 14_208_431, jobId: null, missingParts: [], model: 'acme/pcb-defect', startedBy: 'Dana Keller' };
  world.imports.set('imp-1-1-0', { ...base, id: 'imp-1-1-0', state: 'accepted', volumeLabel: 'GANTRY-1.1.0', bundleDigest: digestOf('pcb 1.1.0'), version: '1.1.0', title: 'PCB defect detector 1.1.0', verdict: verdictFor('1.1.0', now - 6 * DAY), error: null, decidedBy: 'Dana Keller', decisionReason: 'Change CHG-20417', createdAt: now - 6 * DAY, updatedAt: now - 6 * DAY + 120_000 });
  world.imports.set('imp-refused', { ...base, id: 'imp-refused', state: 'refused', volumeLabel: 'VISITOR', bundleDigest: digestOf(`pcb ${UNTRUSTED_VERSION}`), version: UNTRUSTED_VERSION, title: 'PCB defect detector, unknown origin', verdict: verdictFor(UNTRUSTED_VERSION, now - 2 * DAY, false), error: null, decidedBy: null, decisionReason: null, createdAt: now - 2 * DAY, updatedAt: now - 2 * DAY + 60_000 });
  world.imports.set('imp-failed', { ...base, id: 'imp-failed', state: 'failed', copiedBytes: 6_100_000, volumeLabel: 'GANTRY-OLD', bundleDigest: digestOf('pcb 0.9.9'), version: '0.9.9', title: 'PCB defect detector 0.9.9', verdict: null, error: { code: 'MEDIA_PART_DAMAGED', message: 'part-0001.bin: bytes 6,100,000 to 6,300,000 do not match their digest', details: { part: 'part-0001.bin', stick: 1 } }, decidedBy: null, decisionReason: null, createdAt: now - DAY, updatedAt: now - DAY + 9000 });
}

function createSite(world: World, person: Person): StationServices['site'] {
  return {
    overview: () => Promise.resolve(overviewOf(world, person)),
    trust: () => ({ keys: world.keys }),
    policy: () => world.policy,
    setChannelPolicy({ channel, policy }, by) {
      world.policy = { ...world.policy, version: world.policy.version + 1, channels: { ...world.policy.channels, [channel]: policy } };
      world.record(by, { stream: 'trust', type: 'trust.policy-changed', subject: channel });
      return world.policy;
    },
    trustKey(input, by) {
      if (!input.publicKeyPem.includes('BEGIN PUBLIC KEY')) throw new AppError('KEY_FILE_INVALID', 'not a PEM public key', {});
      world.keys.push({ keyId: hexOf(input.publicKeyPem), addedAt: world.clock.now(), addedBy: by.name, ...input });
      world.record(by, { stream: 'trust', type: 'trust.key-added', subject: hexOf(input.publicKeyPem) });
    },
    startDemo(by) {
      world.demo = 'running';
      const job = world.newJob('demo', 'Demonstration', 'demo');
      world.record(by, { stream: 'demo', type: 'demo.started', subject: 'demo' });
      void world.runJob(job, 4000, (share) => ({ done: Math.round(share * 9), total: 9, unit: 'steps' })).then(() => {
        populate(world, person, 0);
        world.demo = 'done';
        world.touch('demo', 'demo');
      });
      return { jobId: job.id };
    },
    async *changes(after, signal) {
      for await (const { sequence, value } of world.changes.after(after, signal)) yield { ...value, seq: sequence };
    },
  };
}

function overviewOf(world: World, person: Person): SiteOverview {
  const now = world.clock.now();
  const devices = [...world.devices.values()];
  const lines = [...new Set(devices.map((device) => device.line))].map((line) => tileOf(line, devices.filter((device) => device.line === line)));
  const troubled = devices.filter((device) => device.ne107 !== 'N' && device.ne107 !== 'unknown' && device.ne107 !== 'C');
  return {
    site: { v: 1, id: 'north-plant', name: 'North plant', createdAt: now - 42 * DAY, administrator: person },
    mode: 'offline',
    now,
    lines,
    counts: {
      devices: devices.length,
      online: devices.filter((device) => device.online).length,
      bundles: world.bundles.size,
      openImports: [...world.imports.values()].filter((one) => ['copying', 'waiting-for-media', 'verifying', 'awaiting-decision'].includes(one.state)).length,
      openRollouts: [...world.rollouts.values()].filter((one) => ['running', 'paused', 'held'].includes(one.state)).length,
      waitingSamples: [...world.samples.values()].filter((one) => one.state === 'waiting').length,
    },
    alarms: troubled.map((device) => ({ at: device.lastSeenAt ?? now, priority: device.ne107 === 'F' ? 'high' : device.ne107 === 'S' ? 'middle' : 'low', text: `${device.name}: ${device.ne107Reason}`, subject: device.id })),
    isEmpty: devices.length === 0 && world.bundles.size === 0,
    demo: world.demo,
  };
}

function tileOf(line: string, devices: DeviceView[]): LineTile {
  const counts: Record<string, number> = {};
  for (const device of devices) counts[device.ne107] = (counts[device.ne107] ?? 0) + 1;
  const seen = devices.flatMap((device) => (device.lastSeenAt === null ? [] : [device.lastSeenAt]));
  const models = devices.flatMap((device) => {
    const reported = device.reported;
    const model = reported?.active == null ? null : reported.slots[reported.active].model;
    return model === null ? [] : [`${model.repository} ${model.version}`];
  });
  return {
    line,
    worst: (['F', 'C', 'S', 'M', 'unknown', 'N'] as const).find((state) => devices.some((device) => device.ne107 === state)) ?? 'unknown',
    counts,
    devices: devices.length,
    models: [...new Set(models)],
    oldestSeenAt: seen.length === 0 ? null : Math.min(...seen),
  };
}

function createBundles(world: World): StationServices['bundles'] {
  const require = (digest: string) => {
    const bundle = world.bundles.get(digest);
    if (bundle === undefined) throw new AppError('NOT_FOUND', `no bundle ${digest}`, { digest });
    return bundle;
  };
  return {
    list: () => [...world.bundles.values()].map((bundle) => bundle.summary),
    get: (digest) => Promise.resolve(require(digest)),
    require: (digest) => require(digest).summary,
    contractOf: (digest) => Promise.resolve(require(digest).contract),
    closureOf: () => ({ closure: [], referrers: [] }),
  };
}

function createFleet(world: World): StationServices['fleet'] {
  const require = (id: string): DeviceView => {
    const device = world.devices.get(id);
    if (device === undefined) throw new AppError('DEVICE_UNKNOWN', `no device ${id}`, { id });
    return device;
  };
  const noDevices = () => Promise.reject(new AppError('DEVICE_UNREACHABLE', 'the interface station has no devices', {}));
  return {
    list: () => [...world.devices.values()],
    get: require,
    createCode(input, by) {
      const code = `K7QM-4XTD-9RWP-2HVN.${hexOf('site ca').slice(0, 32)}`;
      world.record(by, { stream: 'fleet', type: 'fleet.code-created', subject: input.name });
      return { codeId: world.ids.next(), code, name: input.name, line: input.line, expiresAt: world.clock.now() + input.validMinutes * 60_000, stationUrl: 'https://station.north-plant:8443', command: `gantry agent enrol --station https://station.north-plant:8443 --code ${code} --dir /var/lib/gantry` };
    },
    enrol: noDevices,
    revoke(deviceId, reason, by) {
      require(deviceId);
      world.devices.delete(deviceId);
      world.record(by, { stream: 'device', type: 'device.revoked', subject: deviceId, payload: { reason } });
      return Promise.resolve();
    },
    desire: noDevices,
    ask: noDevices,
    onNews: () => () => undefined,
  };
}

function createJobs(world: World): JobRunner {
  return {
    register: () => undefined,
    enqueue: () => world.ids.next(),
    wake: () => undefined,
    cancel(jobId) {
      const job = world.jobs.get(jobId);
      if (job === undefined || job.state === 'done') throw new AppError('JOB_NOT_CANCELLABLE', `job ${jobId} has ended`, { jobId });
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
