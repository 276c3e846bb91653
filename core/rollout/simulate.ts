import type { DeviceEvent, DeviceView, ReportedDocument, ServingFigures } from '#contracts/device.ts';
import type { Instant } from '#core/base/index.ts';
import { nextSteps, type RolloutStep } from './next-steps.ts';
import type { DeviceRecord, RolloutRecord } from './record.ts';
import { applyEvent, applyReport, applyStep, notePublished, wantedModel } from './transitions.ts';

/** A step of a simulated rollout and how long after the start it is due. */
export interface SimulatedStep {
  readonly afterMs: number;
  readonly step: RolloutStep;
}

export interface Simulation {
  readonly steps: readonly SimulatedStep[];
  readonly state: RolloutRecord['state'];
  readonly durationMs: number;
}

/**
 * The order in which a rollout would go if every device took it well: staging takes no time, every soak lasts as long as it must and its
 * figures lie on the right side of the gate. Same rules as the real thing, since the same functions decide. Touches nothing.
 */
export function simulateRollout(start: RolloutRecord, fleet: readonly DeviceView[]): Simulation {
  const places = new Map(fleet.map((device) => [device.id, device]));
  const steps: SimulatedStep[] = [];
  let record = start;
  let now = start.createdAt;
  let generation = Math.max(0, ...fleet.map((device) => device.desiredGeneration));
  for (;;) {
    const step = nextSteps(record, places, now)[0];
    if (step !== undefined) {
      steps.push({ afterMs: now - start.createdAt, step });
      record = applyStep(record, step, now).record;
      if ('device' in step && step.do !== 'mark-stuck') record = notePublished(record, step.device, ++generation);
      continue;
    }
    const answered = answerPromptly(record, places, now);
    if (answered !== record) {
      record = answered;
      continue;
    }
    const soakEnd = nextSoakEnd(record);
    if (soakEnd === null) return { steps, state: record.state, durationMs: now - start.createdAt };
    now = Math.max(now, soakEnd);
    record = confirmSoaked(record, now);
  }
}

/** Every device reports the next state that needs no waiting. */
function answerPromptly(record: RolloutRecord, places: ReadonlyMap<string, DeviceView>, now: Instant): RolloutRecord {
  return Object.entries(record.devices).reduce((next, [id, { phase, state, generation }]) => {
    const known = places.get(id)?.reported;
    if (known == null || generation === null) return next;
    const answer = promptAnswer(phase, state);
    if (answer === null) return next;
    const document: ReportedDocument = {
      ...known,
      device: id,
      at: now,
      generation,
      rolloutId: record.id,
      state: answer,
      figures: null,
      fallback: null,
    };
    return applyReport(next, document, now)?.record ?? next;
  }, record);
}

function promptAnswer(phase: DeviceRecord['phase'], state: DeviceRecord['state']): 'verified' | 'soaking' | null {
  if (phase === 'stage' && state === 'queued') return 'verified';
  return phase === 'activate' && state === 'swapping' ? 'soaking' : null;
}

function nextSoakEnd(record: RolloutRecord): Instant | null {
  const ends = Object.values(record.devices).flatMap((device) =>
    isSoaking(device) ? [soakEndOf(record, device.since)] : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
}

function confirmSoaked(record: RolloutRecord, now: Instant): RolloutRecord {
  return Object.entries(record.devices).reduce((next, [id, device]) => {
    const model = wantedModel(record, id, 'activate');
    if (!isSoaking(device) || device.generation === null || model === null || soakEndOf(record, device.since) > now)
      return next;
    const event: DeviceEvent['event'] = {
      type: 'confirmed',
      generation: device.generation,
      rolloutId: record.id,
      model,
      figures: goodFigures(record),
    };
    return (
      applyEvent(next, { v: 1, site: 'simulated', device: id, epoch: 'simulated', sequence: 0, at: now, event }, now)
        ?.record ?? next
    );
  }, record);
}

const isSoaking = (device: DeviceRecord): boolean => device.phase === 'activate' && device.state === 'soaking';

const soakEndOf = (record: RolloutRecord, since: Instant): Instant => since + record.plan.gate.soakSeconds * 1000;

function goodFigures({ plan: { gate } }: RolloutRecord): ServingFigures {
  const { maxP99Ms: p99Ms, minRequests, soakSeconds } = gate;
  return {
    requests: minRequests,
    errors: 0,
    doubtful: 0,
    p50Ms: p99Ms,
    p95Ms: p99Ms,
    p99Ms,
    restarts: 0,
    windowSeconds: soakSeconds,
  };
}
