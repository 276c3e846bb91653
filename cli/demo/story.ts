import type { DeviceView } from '#contracts/device.ts';
import type { ImportView } from '#contracts/media.ts';
import type { RolloutRequest, RolloutView } from '#contracts/rollout.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Clock, type Digest } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import type { DemoSummary } from './summary.ts';

/** One bundle version of the story. */
export interface DemoBundle {
  readonly digest: Digest;
  readonly version: string;
}

/** What was authored for the demonstration: a publisher key and a stick with three versions of one model. */
export interface DemoMaterial {
  readonly source: 'shared-data' | 'generated';
  readonly publisherName: string;
  readonly publicKeyPem: string;
  /** Who builds the bundles and from where, as their provenance says; the site's policy names both. */
  readonly builder: string;
  readonly buildSource: string;
  readonly stickFolder: string;
  readonly first: DemoBundle;
  readonly better: DemoBundle;
  readonly bad: DemoBundle;
}

/** A gateway that runs as a process of its own. */
export interface DemoGateway {
  readonly name: string;
  stop(): Promise<void>;
}

/** The outside world of the story: authors, gateways, and a line that feeds them. */
export interface DemoWorld {
  prepare(): Promise<DemoMaterial>;
  /** Enrols and starts an agent process with this code. */
  startGateway(name: string, enrolment: { code: string; stationUrl: string }): Promise<DemoGateway>;
  /** Feeds every serving gateway with real inputs until the signal aborts. */
  feed(servingUrls: () => readonly string[], signal: AbortSignal): Promise<void>;
  /** Verifies the audit export with the stand-alone verifier; true when it holds. */
  verifyAudit(stickFolder: string): Promise<boolean>;
  /** Number of annotations in the newest COCO export on the stick. */
  countAnnotations(stickFolder: string): Promise<number>;
}

export interface StoryContext {
  readonly services: StationServices;
  readonly person: Person;
  readonly clock: Clock;
  readonly world: DemoWorld;
  readonly signal: AbortSignal;
  report(step: string, done: number, total: number): void;
}

const LINES = ['pressing', 'soldering', 'packing'] as const;
const TOTAL_STEPS = 11;
const PATIENCE_MS = 120_000;
const HOLD_PATIENCE_MS = 20_000;

/** Small soaks: enough requests to judge, short enough for a demonstration. Three gateways and a station share one machine here, perhaps with other work,
 * so p99 has room: it is doubt that gives the bad model away. */
const GATE: RolloutRequest['gate'] = {
  maxP99Ms: 10_000,
  maxErrorRate: 0.01,
  maxDoubtfulShare: 0.6,
  minRequests: 5,
  soakSeconds: 5,
};

/**
 * The main job, told once on real parts: a signed bundle goes from a stick to three gateways, a bad one comes back by
 * itself, and the evidence leaves on the stick. Throws when a step does not hold; running gateways belong to the caller.
 */
export async function tellStory(context: StoryContext, gateways: DemoGateway[]): Promise<DemoSummary> {
  const told = chapters(context);
  told('author');
  const material = await context.world.prepare();
  trustPublisher(context, material);
  const stick = (await context.services.media.openFolder(material.stickFolder)).id;
  told('enrol');
  await enrolGateways(context, gateways);
  told('import');
  const imported = await importBundle(context, stick, material.first.digest);
  told('first-rollout');
  const first = await runRollout(context, firstRequest(material.first.digest));
  told('benchmark');
  await importBundle(context, stick, material.better.digest);
  const benchmark = await measure(context, material.better.digest);
  startLine(context);
  told('rollout');
  const better = await runRollout(context, request(material.better.digest, 'CHG-1002'));
  if (better.state !== 'finished') {
    throw new AppError(
      'ROLLOUT_STATE_CONFLICT',
      `CHG-1002 is ${better.state}: ${better.reason ?? 'no reason given'}`,
      {},
    );
  }
  told('bad-model');
  await importBundle(context, stick, material.bad.digest);
  const bad = await runRollout(context, request(material.bad.digest, 'CHG-1003'));
  const evidence = await bringEvidenceHome(context, { stick, folder: material.stickFolder, told });
  told('done');
  return {
    source: material.source,
    import: {
      verdict: imported.verdict?.verdict ?? 'refused',
      state: imported.state,
      version: imported.version,
      facts: imported.verdict?.facts.length ?? 0,
    },
    firstRollout: { state: first.state, confirmed: confirmedIn(first) },
    benchmark,
    rollout: { state: better.state, version: better.version, confirmed: confirmedIn(better), devices: LINES.length },
    badModel: badModelSummary(context, bad, material.better),
    ...evidence,
  };
}

/** Tells progress by chapter. */
function chapters(context: StoryContext): (name: string) => void {
  let step = 0;
  return (name) => {
    context.report(name, step, TOTAL_STEPS);
    step += 1;
  };
}

/** A new site trusts nobody: a person names the publisher's key, who may build, and from where. */
function trustPublisher({ services, person }: StoryContext, material: DemoMaterial): void {
  const { publisherName, publicKeyPem, builder, buildSource } = material;
  services.trust.trustKey({ name: publisherName, publicKeyPem, channels: ['production'] }, person);
  const { production } = services.trust.policy().channels;
  const policy = { ...production, builders: [builder], sources: [buildSource] };
  services.trust.setChannelPolicy({ channel: 'production', policy }, person);
}

async function enrolGateways(context: StoryContext, gateways: DemoGateway[]): Promise<void> {
  const { services, person, world } = context;
  for (const [at, line] of LINES.entries()) {
    const name = `gateway-${String(at + 1)}`;
    const place = { line, cell: `cell-${String(at + 1)}`, redundancyGroup: null, safety: false };
    const { code, stationUrl } = services.fleet.createCode({ name, ...place, validMinutes: 10 }, person);
    gateways.push(await world.startGateway(name, { code, stationUrl }));
  }
  await until(context, 'all gateways online', () => {
    const known = devices(context);
    return known.length === LINES.length && known.every((device) => device.online && device.reported !== null);
  });
}

/** Feeds the gateways from now on. A line that stops is seen by the gates of the rollouts, which lack requests then. */
function startLine(context: StoryContext): void {
  const servingUrls = () => devices(context).flatMap((device) => device.reported?.agent.servingUrl ?? []);
  context.world.feed(servingUrls, context.signal).catch(() => undefined);
}

async function bringEvidenceHome(
  context: StoryContext,
  to: { stick: string; folder: string; told: (chapter: string) => void },
): Promise<Pick<DemoSummary, 'review' | 'telemetry' | 'audit'>> {
  const { services, person, world } = context;
  const target = { volumeId: to.stick };
  to.told('review');
  const labelled = await labelSamples(context);
  await finishJob(context, (await services.review.export({ format: 'coco', ...target }, person)).jobId);
  to.told('telemetry');
  await until(context, 'telemetry from a gateway', () => services.telemetry.status().points > 0);
  await finishJob(context, (await services.telemetry.export(target, person)).jobId);
  to.told('audit');
  await finishJob(context, (await services.audit.export(target, person)).jobId);
  return {
    review: { labelled, annotations: await world.countAnnotations(to.folder) },
    telemetry: { points: services.telemetry.status().points },
    audit: { entries: services.audit.verify().entries, verified: await world.verifyAudit(to.folder) },
  };
}

function confirmedIn(rollout: RolloutView): number {
  return rollout.cohorts.flatMap((cohort) => cohort.devices).filter((device) => device.state === 'confirmed').length;
}

function badModelSummary(context: StoryContext, bad: RolloutView, better: DemoBundle): DemoSummary['badModel'] {
  const canary = bad.cohorts[0]?.devices[0];
  return {
    state: bad.state,
    version: bad.version,
    canary: canary?.state ?? 'queued',
    evidence: canary?.detail ?? '',
    othersUntouched: othersUntouched(bad) && allRun(context, better),
  };
}

/** Nothing runs yet, so there is nothing to compare with: one cohort, a short soak. */
function firstRequest(bundleDigest: Digest): RolloutRequest {
  return {
    ...request(bundleDigest, 'CHG-1001'),
    cohorts: [{ name: 'rest', share: 1, minDevices: 1 }],
    gate: { ...GATE, minRequests: 0, soakSeconds: 2 },
  };
}

function request(bundleDigest: Digest, ticket: string): RolloutRequest {
  return {
    bundleDigest,
    lines: [],
    ticket,
    cohorts: [
      { name: 'canary', share: 0.1, minDevices: 1 },
      { name: 'early', share: 0.3, minDevices: 1 },
      { name: 'rest', share: 1, minDevices: 1 },
    ],
    gate: GATE,
  };
}

function devices(context: StoryContext): DeviceView[] {
  return context.services.fleet.list();
}

async function importBundle(context: StoryContext, volumeId: string, bundleDigest: Digest): Promise<ImportView> {
  const { imports } = context.services;
  const started = await imports.start({ volumeId, bundleDigest }, context.person);
  await until(context, `the verdict on ${started.version}`, () =>
    ['awaiting-decision', 'refused', 'failed'].includes(imports.get(started.id).state),
  );
  const view = imports.get(started.id);
  if (view.state !== 'awaiting-decision') {
    throw new AppError(
      'IMPORT_REFUSED',
      view.verdict?.findings.map((finding) => finding.message).join('; ') ?? view.error?.message ?? view.state,
      { importId: view.id },
    );
  }
  return imports.accept({ importId: view.id, reason: 'demonstration: signer and facts were read' }, context.person);
}

/** Starts a rollout from its own plan and waits until it is over, one way or the other. */
async function runRollout(context: StoryContext, wanted: RolloutRequest): Promise<RolloutView> {
  const { rollouts } = context.services;
  const { planDigest } = await rollouts.plan(wanted);
  const started = await rollouts.start({ ...wanted, planDigest }, context.person);
  await until(context, `rollout ${wanted.ticket}`, () => {
    const { state, updatedAt } = rollouts.get(started.id);
    // A hold that no device comes back from by itself waits for a person, and there is none in this story.
    return (
      ['finished', 'rolled-back', 'aborted'].includes(state) ||
      (state === 'held' && context.clock.now() - updatedAt > HOLD_PATIENCE_MS)
    );
  });
  return rollouts.get(started.id);
}

async function measure(context: StoryContext, bundleDigest: Digest): Promise<DemoSummary['benchmark']> {
  const device = devices(context)[0];
  if (device === undefined) throw new AppError('DEVICE_UNKNOWN', 'no gateway to measure on', {});
  const { jobId } = context.services.benchmarks.run(
    { deviceId: device.id, bundleDigest, variantDigests: [], seconds: 4, coldStarts: 2, seed: 1 },
    context.person,
  );
  await finishJob(context, jobId);
  const result = context.services.benchmarks.list({ bundleDigest })[0];
  return {
    device: device.name,
    variants: (result?.variants ?? []).map((variant) => ({
      id: variant.variantId,
      status: variant.status,
      p50Ms: variant.service.find((percentile) => percentile.p === 0.5)?.valueMs ?? null,
      throughputPerSecond: variant.throughputPerSecond,
      peakRssBytes: variant.peakRssBytes,
    })),
  };
}

/** Labels what waits, as a quality engineer would: a class, and a box when the sample is an image. */
async function labelSamples(context: StoryContext): Promise<number> {
  const { review } = context.services;
  await until(context, 'a doubtful sample', () => review.queue({ state: 'waiting', limit: 1 }).samples.length > 0);
  let labelled = 0;
  for (const sample of review.queue({ state: 'waiting', limit: 3 }).samples) {
    const className = sample.classes[0] ?? 'other';
    const boxes =
      sample.width === null || sample.height === null
        ? []
        : [
            {
              id: 'box-1',
              className,
              x: 8,
              y: 8,
              width: Math.min(24, sample.width - 8),
              height: Math.min(24, sample.height - 8),
            },
          ];
    const saved = review.label(
      { sampleId: sample.id, revision: sample.revision, label: { imageClass: className, boxes, note: '' } },
      context.person,
    );
    review.decide({ sampleId: sample.id, state: 'accepted', revision: saved.revision }, context.person);
    labelled += 1;
  }
  return labelled;
}

async function finishJob(context: StoryContext, jobId: string): Promise<void> {
  await until(context, `job ${jobId}`, () => {
    const job = context.services.jobs.get(jobId);
    if (job?.state === 'failed' || job?.state === 'cancelled')
      throw new AppError('INTERNAL', job.error?.message ?? `job ${job.kind} ended as ${job.state}`, { jobId });
    return job?.state === 'done';
  });
}

function othersUntouched(rollout: RolloutView): boolean {
  return rollout.cohorts
    .slice(1)
    .every((cohort) => cohort.state === 'waiting' && cohort.devices.every((device) => device.state === 'queued'));
}

/** Every gateway answers with this version: the canary came back, the others never left. */
function allRun(context: StoryContext, bundle: DemoBundle): boolean {
  return devices(context).every((device) => {
    const reported = device.reported;
    return reported?.active != null && reported.slots[reported.active].model?.bundleDigest === bundle.digest;
  });
}

async function until(context: StoryContext, what: string, holds: () => boolean): Promise<void> {
  const deadline = context.clock.monotonicMs() + PATIENCE_MS;
  while (!holds()) {
    if (context.clock.monotonicMs() > deadline)
      throw new AppError('DEVICE_UNREACHABLE', `waited ${String(PATIENCE_MS / 1000)} s for ${what}`, { what });
    await context.clock.sleep(100, context.signal);
  }
}
