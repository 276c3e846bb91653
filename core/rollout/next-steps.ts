import type { Finding } from '#contracts/primitives.ts';
import type { Instant } from '#core/base/index.ts';
import { mayChangeBeside, type DevicePlace } from './blast-radius.ts';
import { GATE_TOO_FEW_REQUESTS, judgeGate } from './gate.ts';
import {
  devicesOf,
  isClosed,
  isInFlight,
  isOnNewVersion,
  isReturning,
  type CohortRecord,
  type DeviceRecord,
  type RolloutRecord,
} from './record.ts';

/** One thing to do now. The station has one executor per step; forgetting one does not compile. */
export type RolloutStep =
  | { readonly do: 'stage'; readonly device: string }
  | { readonly do: 'activate'; readonly device: string }
  | { readonly do: 'return-device'; readonly device: string }
  | { readonly do: 'start-cohort'; readonly cohort: string }
  | { readonly do: 'pass-cohort'; readonly cohort: string }
  | { readonly do: 'hold'; readonly cohort: string; readonly findings: readonly Finding[]; readonly reason: string }
  | { readonly do: 'mark-stuck'; readonly device: string; readonly detail: string }
  | { readonly do: 'conclude'; readonly state: 'finished' | 'rolled-back' };

/** Bytes move in parallel on this many gateways at once; the mirror's network is shared with the line. */
const STAGING_AT_ONCE = 8;

/** A device that says nothing for this long while it should work needs hands. */
const STUCK_AFTER_MS = 10 * 60 * 1000;

/** What to do next. Pure: the same record at the same instant gives the same steps. */
export function nextSteps(
  record: RolloutRecord,
  places: ReadonlyMap<string, DevicePlace>,
  now: Instant,
): RolloutStep[] {
  if (isClosed(record.state)) return unpublished(record);
  const stuck = stuckDevices(record, now);
  if (stuck.length > 0) return stuck;
  if (record.state === 'held') return heldSteps(record);
  if (record.state !== 'running') return unpublished(record);
  const cohort = record.cohorts.find((candidate) => candidate.state !== 'passed');
  if (cohort === undefined) return [{ do: 'conclude', state: 'finished' }];
  if (cohort.state === 'waiting') return [{ do: 'start-cohort', cohort: cohort.name }];
  return cohortSteps(record, cohort, places);
}

function cohortSteps(
  record: RolloutRecord,
  cohort: CohortRecord,
  places: ReadonlyMap<string, DevicePlace>,
): RolloutStep[] {
  const devices = devicesOf(record, cohort.name).flatMap((id) => entry(record, id));
  const failed = lateFailures(record);
  if (failed.length > 0) {
    const names = failed.map(([id]) => id).join(', ');
    return [
      {
        do: 'hold',
        cohort: cohort.name,
        findings: failed.map(fallbackFinding),
        reason: `fell back or needs hands: ${names}`,
      },
    ];
  }
  if (devices.every(([, device]) => device.state === 'confirmed')) return [gateStep(record, cohort, devices)];
  return [...unpublished(record), ...stagingSteps(devices), ...activationSteps(record, devices, places)];
}

/** Devices that failed in any cohort, also those that had passed: a late fallback halts before the next cohort. */
function lateFailures(record: RolloutRecord): [string, DeviceRecord][] {
  return Object.entries(record.devices).filter(
    ([, device]) => device.state === 'fell-back' || device.state === 'stuck',
  );
}

function fallbackFinding([id, device]: [string, DeviceRecord]): Finding {
  return device.state === 'stuck'
    ? {
        code: 'DEVICE_STUCK',
        severity: 'block',
        at: id,
        message: `${id}: ${device.detail}`,
        next: 'Go to the device; it does not recover by itself.',
      }
    : {
        code: 'DEVICE_FELL_BACK',
        severity: 'block',
        at: id,
        message: `${id}: ${device.detail}`,
        next: 'Read the evidence on the device page.',
      };
}

function gateStep(record: RolloutRecord, cohort: CohortRecord, devices: [string, DeviceRecord][]): RolloutStep {
  const findings = judgeGate(
    devices.map(([id, device]) => ({ device: id, figures: device.figures })),
    record.plan.gate,
  );
  const counted = cohort.waived ? findings.filter((finding) => finding.code !== GATE_TOO_FEW_REQUESTS) : findings;
  if (counted.length === 0) return { do: 'pass-cohort', cohort: cohort.name };
  return { do: 'hold', cohort: cohort.name, findings: counted, reason: `the gate of ${cohort.name} did not pass` };
}

/** Intents whose desired document may not have left before a restart: publish again, the generation only rises. */
function unpublished(record: RolloutRecord): RolloutStep[] {
  return Object.entries(record.devices).flatMap(([device, { phase, generation }]): RolloutStep[] => {
    if (generation !== null || phase === 'none') return [];
    if (phase === 'return') return [{ do: 'return-device', device }];
    if (record.state !== 'running') return [];
    return [{ do: phase, device }];
  });
}

function stagingSteps(devices: [string, DeviceRecord][]): RolloutStep[] {
  const working = devices.filter(
    ([, device]) => device.phase === 'stage' && ['queued', 'staging'].includes(device.state),
  ).length;
  return devices
    .filter(([, device]) => device.phase === 'none')
    .slice(0, Math.max(0, STAGING_AT_ONCE - working))
    .map(([id]) => ({ do: 'stage', device: id }));
}

function activationSteps(
  record: RolloutRecord,
  devices: [string, DeviceRecord][],
  places: ReadonlyMap<string, DevicePlace>,
): RolloutStep[] {
  const inFlight = Object.entries(record.devices)
    .filter(([, device]) => isInFlight(device))
    .flatMap(([id]) => places.get(id) ?? []);
  const ready = devices.filter(
    ([, device]) => device.phase === 'stage' && ['verified', 'armed'].includes(device.state),
  );
  const safetyMayGo = devices.every(([id, device]) => places.get(id)?.safety === true || device.state === 'confirmed');
  const steps: RolloutStep[] = [];
  for (const [id] of ready) {
    const place = places.get(id);
    if (place === undefined || (place.safety && !safetyMayGo) || !mayChangeBeside(place, inFlight)) continue;
    inFlight.push(place);
    steps.push({ do: 'activate', device: id });
  }
  return steps;
}

/**
 * Held: the devices of the held cohort go back by themselves when its gate failed; what passed earlier stays until a person decides.
 * When no device is left on the new version, the rollout is rolled back.
 */
function heldSteps(record: RolloutRecord): RolloutStep[] {
  const held = record.cohorts.find((cohort) => cohort.state === 'held');
  if (held === undefined || isWaivable(held)) return unpublished(record);
  const back = devicesOf(record, held.name)
    .flatMap((id) => entry(record, id))
    .filter(([, device]) => isOnNewVersion(device));
  if (back.length > 0) return back.map(([id]) => ({ do: 'return-device', device: id }));
  const devices = Object.values(record.devices);
  if (devices.some((device) => isOnNewVersion(device) || isReturning(device) || device.state === 'stuck'))
    return unpublished(record);
  return [...unpublished(record), { do: 'conclude', state: 'rolled-back' }];
}

/** A hold that only says "too few requests" waits for a person instead of rolling back. */
export function isWaivable(cohort: CohortRecord): boolean {
  return (
    cohort.gateFindings.length > 0 && cohort.gateFindings.every((finding) => finding.code === GATE_TOO_FEW_REQUESTS)
  );
}

function stuckDevices(record: RolloutRecord, now: Instant): RolloutStep[] {
  const patienceMs = STUCK_AFTER_MS + record.plan.gate.soakSeconds * 1000;
  return Object.entries(record.devices).flatMap(([device, entryRecord]): RolloutStep[] => {
    const works =
      isInFlight(entryRecord) ||
      (entryRecord.phase === 'stage' && ['queued', 'staging', 'staged'].includes(entryRecord.state));
    if (!works || record.state === 'paused' || now - entryRecord.since < patienceMs) return [];
    return [
      {
        do: 'mark-stuck',
        device,
        detail: `no progress from ${entryRecord.state} for ${String(Math.round(patienceMs / 60_000))} minutes`,
      },
    ];
  });
}

function entry(record: RolloutRecord, id: string): [string, DeviceRecord][] {
  const device = record.devices[id];
  return device === undefined ? [] : [[id, device]];
}
