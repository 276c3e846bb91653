import { watchdogFrom } from '#contracts/device.ts';
import type { Actor } from '#contracts/primitives.ts';
import type { Clock } from '#core/base/index.ts';
import {
  applyEvent,
  applyReport,
  applyStep,
  nextSteps,
  notePublished,
  wantedModel,
  type DevicePlace,
  type RolloutRecord,
  type RolloutStep,
  type Transition,
} from '#core/rollout/index.ts';
import type { DocumentCollection } from '#core/storage/ports.ts';
import type { DesiredChange, DeviceNews, FleetService } from '#station/fleet/service.ts';

const STATION: Actor = { kind: 'station', id: 'station', name: 'station' };

/** A device that returns to a model it ran before is watched this long only. */
const RETURN_WINDOW_SECONDS = 5;

interface DriverDeps {
  readonly fleet: FleetService;
  readonly clock: Clock;
  readonly records: DocumentCollection<RolloutRecord>;
  readonly save: (transition: Transition, actor: Actor) => void;
  readonly tickMs: number;
  readonly onDriverFailure: (error: unknown) => void;
}

export interface RolloutDriver {
  start(): void;
  stop(): Promise<void>;
  /** Looks at all open rollouts soon. */
  wake(): void;
}

/**
 * Carries out what core/rollout plans.
 * INVARIANTS: one pass runs at a time; a step is recorded durably before its desired document leaves; news is taken in
 * synchronously, so a pass always plans from the newest record.
 */
export function createRolloutDriver(deps: DriverDeps): RolloutDriver {
  const stopped = new AbortController();
  let pass = Promise.resolve();
  let isQueued = false;
  let unsubscribe = (): void => undefined;

  function wake(): void {
    if (isQueued || stopped.signal.aborted) return;
    isQueued = true;
    pass = pass.then(runPass).catch(deps.onDriverFailure);
  }

  async function runPass(): Promise<void> {
    isQueued = false;
    const places = new Map(deps.fleet.list().map((device): [string, DevicePlace] => [device.id, device]));
    for (const { id } of deps.records.list()) await advance(id, places);
  }

  async function advance(id: string, places: ReadonlyMap<string, DevicePlace>): Promise<void> {
    for (;;) {
      const record = deps.records.get(id);
      if (record === undefined || stopped.signal.aborted) return;
      const step = nextSteps(record, places, deps.clock.now())[0];
      if (step === undefined) return;
      deps.save(applyStep(record, step, deps.clock.now()), STATION);
      await publish(id, step);
    }
  }

  async function publish(id: string, step: RolloutStep): Promise<void> {
    if (step.do !== 'stage' && step.do !== 'activate' && step.do !== 'return-device') return;
    const record = deps.records.get(id);
    if (record === undefined) return;
    const generation = await deps.fleet.desire(step.device, desiredFor(record, step));
    const now = deps.records.get(id);
    if (now === undefined) return;
    deps.records.put(id, notePublished(now, step.device, generation));
    // The device may have answered before its generation was noted here.
    const reported = deps.fleet.get(step.device).reported;
    if (reported !== null) takeInto(id, { kind: 'reported', device: step.device, document: reported });
  }

  function takeIn(news: DeviceNews): void {
    if (news.kind === 'online') return;
    for (const { id } of deps.records.list()) takeInto(id, news);
    wake();
  }

  function takeInto(id: string, news: Exclude<DeviceNews, { kind: 'online' }>): void {
    const record = deps.records.get(id);
    if (record?.devices[news.device] === undefined) return;
    const now = deps.clock.now();
    const transition =
      news.kind === 'reported' ? applyReport(record, news.document, now) : applyEvent(record, news.document, now);
    if (transition !== null) deps.save(transition, STATION);
  }

  async function tick(): Promise<void> {
    while (!stopped.signal.aborted) {
      wake();
      await deps.clock.sleep(deps.tickMs, stopped.signal);
    }
  }

  return {
    wake,
    start: () => {
      unsubscribe = deps.fleet.onNews(takeIn);
      for (const device of deps.fleet.list()) {
        if (device.reported !== null) takeIn({ kind: 'reported', device: device.id, document: device.reported });
      }
      tick().catch((error: unknown) => {
        if (!stopped.signal.aborted) deps.onDriverFailure(error);
      });
    },
    stop: async () => {
      unsubscribe();
      stopped.abort();
      await pass;
    },
  };
}

function desiredFor(record: RolloutRecord, step: Extract<RolloutStep, { device: string }>): DesiredChange {
  const { gate, ticket } = record.plan;
  const isReturn = step.do === 'return-device';
  const objectives = {
    p99Ms: gate.maxP99Ms,
    errorRate: gate.maxErrorRate,
    doubtfulShare: gate.maxDoubtfulShare,
    memoryBytes: 1,
  };
  return {
    model: wantedModel(record, step.device, isReturn ? 'return' : 'activate'),
    phase: step.do === 'stage' ? 'stage' : 'activate',
    rolloutId: record.id,
    ticket,
    watchdog: isReturn
      ? {
          ...watchdogFrom(objectives, RETURN_WINDOW_SECONDS, Number.MAX_SAFE_INTEGER),
          maxErrorRate: 1,
          maxDoubtfulShare: 1,
        }
      : watchdogFrom(objectives, gate.soakSeconds, gate.minRequests),
  };
}
