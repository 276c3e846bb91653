import type { DeviceEvent, DeviceView } from '#contracts/device.ts';
import {
  applyEvent,
  applyReport,
  applyStep,
  nextSteps,
  notePublished,
  planDigestOf,
  planRollout,
  startRecord,
  wantedModel,
} from '#core/rollout/index.ts';
import type { RolloutRecord, RolloutStep, Transition } from '#core/rollout/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { aBundleSummary, aReport, aRolloutRequest, someFigures } from './builders/fleet.ts';

/** How a simulated gateway takes the new version. */
export type Behaviour = 'good' | 'falls-back' | 'slow' | 'silent' | 'idle-line';

/** A fleet that answers a rollout at once: no network, no clock, the same rules. */
export class RolloutSimulator {
  record: RolloutRecord;
  now = 1_000;
  readonly facts: string[] = [];
  private readonly fleet: readonly DeviceView[];
  private readonly behaviour: ReadonlyMap<string, Behaviour>;
  private generation = 1;

  constructor(fleet: readonly DeviceView[], behaviour: ReadonlyMap<string, Behaviour> = new Map()) {
    this.fleet = fleet;
    this.behaviour = behaviour;
    const plan = planRollout({
      request: aRolloutRequest(),
      bundle: aBundleSummary(),
      fleet,
      busy: new Map(),
      measured: () => undefined,
      hasher: nodeHasher,
    });
    this.record = startRecord({
      id: 'rollout-1',
      plan,
      planDigest: planDigestOf(plan, nodeHasher),
      seenDigest: undefined,
      startedBy: 'Ada',
      now: this.now,
    });
  }

  /** The first step that is due, applied and answered; false when the rollout waits. */
  step(): boolean {
    const due = this.due()[0];
    if (due === undefined) return false;
    this.take(applyStep(this.record, due, this.now));
    if (due.do === 'stage' || due.do === 'activate' || due.do === 'return-device') this.publish(due.device);
    return true;
  }

  due(): RolloutStep[] {
    return nextSteps(this.record, new Map(this.fleet.map((device) => [device.id, device])), this.now);
  }

  /** Lets every device do what its behaviour says about its present desired document. */
  answerAll(): void {
    for (const device of Object.keys(this.record.devices)) this.answer(device);
  }

  run(rounds = 200): void {
    for (let round = 0; round < rounds; round += 1) {
      while (this.step());
      this.answerAll();
      this.now += 1_000;
    }
  }

  take(transition: Transition | null): void {
    if (transition === null) return;
    this.record = transition.record;
    this.facts.push(...transition.facts.map((fact) => `${fact.type} ${fact.device ?? ''}`.trim()));
  }

  private publish(device: string): void {
    this.generation += 1;
    this.record = notePublished(this.record, device, this.generation);
  }

  private answer(id: string): void {
    const device = this.record.devices[id];
    const behaviour = this.behaviour.get(id) ?? 'good';
    if (device?.generation == null || behaviour === 'silent') return;
    const base = { device: id, generation: device.generation, rolloutId: this.record.id };
    if (device.phase === 'stage' && device.state === 'queued')
      this.take(applyReport(this.record, aReport({ ...base, state: 'verified' }), this.now));
    if (device.phase === 'activate' && device.state === 'swapping')
      this.take(applyReport(this.record, aReport({ ...base, state: 'soaking' }), this.now));
    else if (device.phase === 'activate' && device.state === 'soaking') this.endSoak(id, behaviour);
    if (device.phase === 'return' && device.state === 'swapping') this.event(id, 'confirmed');
  }

  private endSoak(id: string, behaviour: Behaviour): void {
    this.event(id, behaviour === 'falls-back' ? 'fell-back' : 'confirmed', behaviour);
  }

  /** Sends a signed event of a device, as if its signature had been checked. */
  event(id: string, type: 'confirmed' | 'fell-back', behaviour: Behaviour = 'good'): void {
    const device = this.record.devices[id];
    const model = wantedModel(this.record, id, device?.phase ?? 'activate');
    if (device?.generation == null || model === null) return;
    const figures = someFigures(
      behaviour === 'slow' ? { p99Ms: 500 } : behaviour === 'idle-line' ? { requests: 1 } : {},
    );
    const common = { generation: device.generation, rolloutId: this.record.id };
    const event: DeviceEvent['event'] =
      type === 'confirmed'
        ? { type, ...common, model, figures }
        : {
            type,
            ...common,
            evidence: {
              code: 'WATCHDOG',
              message: 'p99 above the limit',
              at: this.now,
              model,
              figures,
              findings: [],
              log: '',
            },
          };
    this.take(
      applyEvent(
        this.record,
        { v: 1, site: 'plant-1', device: id, epoch: 'e1', sequence: 1, at: this.now, event },
        this.now,
      ),
    );
  }
}
