import type { DeviceRolloutState, DeviceView } from '#contracts/device.ts';
import { assertNever, toIsoUtc, type Instant } from '#core/base/index.ts';
import type { DeviceRecord } from './device-record.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** When a device stops counting as normal. Agents report at least every 30 s, so five minutes are ten missed reports. */
export const STATUS_LIMITS = {
  silentMs: 5 * MINUTE_MS,
  clockOffsetMs: 5 * MINUTE_MS,
  certificateMs: 14 * DAY_MS,
} as const;

export interface DeviceStatus {
  readonly letter: DeviceView['ne107'];
  readonly reason: string;
}

/**
 * NAMUR NE 107 status of a device: the first rule that holds, worst first.
 * A fall-back stays F until the next rollout reports something else; silence is S, because nobody knows what an unseen device does.
 */
export function deviceStatus(record: DeviceRecord, online: boolean, now: Instant): DeviceStatus {
  const { reported } = record;
  if (reported === null) return { letter: 'unknown', reason: 'No report yet: start the agent on this device.' };
  const work = workStatus(reported.state, reported.fallback?.message ?? '');
  if (work?.letter === 'F') return work;
  const silence = silenceOf(record, online, now);
  if (silence !== undefined) return silence;
  if (work !== undefined) return work;
  if (record.clockOffsetMs !== null && Math.abs(record.clockOffsetMs) > STATUS_LIMITS.clockOffsetMs) {
    return { letter: 'S', reason: `Its clock is ${seconds(record.clockOffsetMs)} s away from the station's.` };
  }
  if (record.certificate.notAfter - now < STATUS_LIMITS.certificateMs) {
    return { letter: 'M', reason: `Its certificate ends ${toIsoUtc(record.certificate.notAfter)}: enrol it again.` };
  }
  if (reported.active === null) return { letter: 'M', reason: 'No model is active: roll one out.' };
  return { letter: 'N', reason: `Serving ${activeModel(record)}.` };
}

function workStatus(state: DeviceRolloutState, fallback: string): DeviceStatus | undefined {
  switch (state) {
    case 'fell-back':
      return { letter: 'F', reason: `Fell back to the previous model. ${fallback}`.trim() };
    case 'stuck':
      return { letter: 'F', reason: `Stuck, needs hands. ${fallback}`.trim() };
    case 'queued':
    case 'staging':
    case 'staged':
    case 'verified':
    case 'armed':
    case 'swapping':
    case 'smoke':
    case 'soaking':
      return { letter: 'C', reason: `A model change is under way: ${state}.` };
    case 'idle':
    case 'confirmed':
      return undefined;
    default:
      return assertNever(state, 'device state');
  }
}

function silenceOf(record: DeviceRecord, online: boolean, now: Instant): DeviceStatus | undefined {
  if (online || record.lastSeenAt === null || now - record.lastSeenAt <= STATUS_LIMITS.silentMs) return undefined;
  return { letter: 'S', reason: `Not seen since ${toIsoUtc(record.lastSeenAt)}.` };
}

function activeModel(record: DeviceRecord): string {
  const active = record.reported?.active ?? null;
  const model = active === null ? null : (record.reported?.slots[active].model ?? null);
  return model === null ? 'a model' : `${model.repository} ${model.version}`;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 1000));
}
