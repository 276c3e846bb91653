import { type RolloutRequest, type RolloutView } from '#contracts/rollout.ts';
import type { Actor } from '#contracts/primitives.ts';
import type { Person } from '#contracts/site.ts';
import type { DowngradeException } from '#contracts/trust.ts';
import type { BenchmarkResult } from '#contracts/benchmark.ts';
import { AppError, type Clock, type Digest, type IdSource } from '#core/base/index.ts';
import {
  abort,
  isClosed,
  pause,
  planDigestOf,
  planRollout,
  previewAbort,
  resume,
  RolloutRecord,
  startRecord,
  viewOf,
  type AbortMode,
  type MeasuredP99,
  type Transition,
} from '#core/rollout/index.ts';
import type { DowngradeApprovals } from '#core/trust/ports.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { FleetService } from '#station/fleet/service.ts';
import { createRolloutDriver } from './rollout-driver.ts';
import type { RolloutService } from './service.ts';

export interface RolloutDeps {
  readonly store: StationStore;
  readonly fleet: FleetService;
  readonly bundles: BundleService;
  readonly benchmarks: { list(filter: { bundleDigest: Digest }): BenchmarkResult[] };
  /** What two people allowed to go back to; absent where nobody is asked. */
  readonly downgrades?: DowngradeApprovals;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** How often timers (soak, silence) are looked at. */
  readonly tickMs: number;
  readonly onDriverFailure: (error: unknown) => void;
}

/** The rollout use cases, and a driver that carries running rollouts out; `stop` waits for its last step. */
export interface RunningRollouts {
  readonly service: RolloutService;
  start(): void;
  stop(): Promise<void>;
}

/** Plans and decides through core/rollout; every transition is an event, written with the new record in one transaction. */
export function createRolloutService(deps: RolloutDeps): RunningRollouts {
  const records = deps.store.documents('rollouts', RolloutRecord);
  const driver = createRolloutDriver({ ...deps, records, save });

  function save(transition: Transition, actor: Actor): void {
    const { record, facts } = transition;
    deps.store.transaction(() => {
      for (const fact of facts) {
        deps.store.events.append({
          actor,
          stream: 'rollout',
          type: fact.type,
          subject: record.id,
          ticket: record.plan.ticket,
          payload: { device: fact.device, detail: fact.detail, bundle: record.plan.bundleDigest, state: record.state },
        });
      }
      records.put(record.id, record);
    });
  }

  function require(rolloutId: string): RolloutRecord {
    const record = records.get(rolloutId);
    if (record === undefined) throw new AppError('NOT_FOUND', `no rollout ${rolloutId}`, { rolloutId });
    return record;
  }

  function decide(rolloutId: string, person: Person, decision: (record: RolloutRecord) => Transition): RolloutView {
    const transition = decision(require(rolloutId));
    save(transition, personActor(person));
    driver.wake();
    return viewOf(transition.record);
  }

  const makePlan = (request: RolloutRequest) => planFor(deps, records.list(), request);

  const end = (mode: AbortMode) => (rolloutId: string, reason: string, person: Person) =>
    Promise.resolve(decide(rolloutId, person, (record) => abort(record, mode, reason, deps.clock.now())));

  const service: RolloutService = {
    plan: (request) => Promise.resolve(makePlan(request)),
    start: (request, person) => {
      const { plan, planDigest } = makePlan(request);
      const record = startRecord({
        id: deps.ids.next(),
        plan,
        planDigest,
        seenDigest: request.planDigest,
        startedBy: person.name,
        now: deps.clock.now(),
      });
      deps.store.transaction(() => {
        save({ record, facts: [{ type: 'rollout.started', detail: `plan ${planDigest}` }] }, personActor(person));
        const approval = approvalOf(deps, request.bundleDigest);
        if (approval !== null) deps.downgrades?.useDowngrade(approval, { by: person, for: `rollout ${record.id}` });
      });
      driver.wake();
      return Promise.resolve(viewOf(record));
    },
    pause: (rolloutId, reason, person) =>
      Promise.resolve(decide(rolloutId, person, (record) => pause(record, reason, deps.clock.now()))),
    resume: (rolloutId, person) =>
      Promise.resolve(decide(rolloutId, person, (record) => resume(record, deps.clock.now()))),
    abortPreview: (rolloutId, mode) => previewAbort(require(rolloutId), mode),
    abort: end('abort'),
    rollback: end('rollback'),
    get: (rolloutId) => viewOf(require(rolloutId)),
    list: () =>
      records
        .list()
        .map(viewOf)
        .sort((a, b) => b.createdAt - a.createdAt),
  };
  return {
    service,
    start: () => {
      driver.start();
    },
    stop: () => driver.stop(),
  };
}

function planFor(deps: RolloutDeps, open: readonly RolloutRecord[], request: RolloutRequest) {
  const plan = planRollout({
    request,
    bundle: deps.bundles.require(request.bundleDigest),
    fleet: deps.fleet.list(),
    busy: busyDevices(open),
    standing: deps.bundles.standingOf(request.bundleDigest).findings,
    measured: measuredP99(deps.benchmarks.list({ bundleDigest: request.bundleDigest })),
    newer: approvalOf(deps, request.bundleDigest) === null ? newerThan(deps, request.bundleDigest) : NONE,
    hasher: deps.hasher,
  });
  return { plan, planDigest: planDigestOf(plan, deps.hasher) };
}

const NONE: ReadonlySet<Digest> = new Set();

/** What two people allowed about this bundle, when it is an older one. */
function approvalOf({ bundles, downgrades }: RolloutDeps, bundleDigest: Digest): DowngradeException | null {
  const { model, channel, digest } = bundles.require(bundleDigest);
  return downgrades?.approvedDowngrade({ model, channel, digest }) ?? null;
}

/** Bundles of the same model and channel that a device must not leave for this one. */
function newerThan({ bundles, downgrades }: RolloutDeps, bundleDigest: Digest): ReadonlySet<Digest> {
  if (downgrades === undefined) return NONE;
  const { model, channel, sequence } = bundles.require(bundleDigest);
  const newer = bundles.list().filter((one) => one.model === model && one.channel === channel);
  return new Set(newer.filter((one) => one.sequence > sequence).map((one) => one.digest));
}

function personActor(person: Person): Actor {
  return { kind: 'person', id: person.id, name: person.name };
}

/** Devices that belong to an open rollout, or are still on their way back from a closed one. */
function busyDevices(all: readonly RolloutRecord[]): Map<string, string> {
  const busy = new Map<string, string>();
  for (const record of all) {
    for (const [device, entry] of Object.entries(record.devices)) {
      const returning = entry.phase === 'return' && entry.state !== 'fell-back' && entry.state !== 'stuck';
      if (!isClosed(record.state) || returning) busy.set(device, record.id);
    }
  }
  return busy;
}

/** p99 service times of the newest benchmark per device and variant. */
function measuredP99(results: readonly BenchmarkResult[]): MeasuredP99 {
  const newest = [...results].sort((a, b) => b.endedAt - a.endedAt);
  return (device, variant) => {
    for (const result of newest) {
      if (result.device !== device) continue;
      const measurement = result.variants.find(
        (candidate) => candidate.variantDigest === variant && candidate.status === 'measured',
      );
      const p99 = measurement?.service.find((percentile) => percentile.p === 0.99)?.valueMs;
      if (p99 != null) return p99;
    }
    return undefined;
  };
}
