import type { DeviceView } from '#contracts/device.ts';
import type { ImportView } from '#contracts/media.ts';
import type { RolloutView } from '#contracts/rollout.ts';
import type { SiteOverview } from '#contracts/site.ts';
import type { Instant } from '#core/base/index.ts';

type Alarm = SiteOverview['alarms'][number];

const PRIORITY_ORDER: readonly Alarm['priority'][] = ['high', 'middle', 'low'];

/** What is abnormal now and needs a person: most urgent first, then newest first (ISA-18.2 priorities). */
export function openAlarms(site: {
  devices: readonly DeviceView[];
  rollouts: readonly RolloutView[];
  imports: readonly ImportView[];
  /** Judged where trust is kept. */
  trust: readonly Alarm[];
  now: Instant;
}): Alarm[] {
  const alarms = [
    ...site.devices.flatMap((device) => deviceAlarm(device, site.now)),
    ...site.rollouts.flatMap(rolloutAlarm),
    ...site.imports.flatMap(importAlarm),
    ...site.trust,
  ];
  return alarms.sort((a, b) => PRIORITY_ORDER.indexOf(a.priority) - PRIORITY_ORDER.indexOf(b.priority) || b.at - a.at);
}

function deviceAlarm(device: DeviceView, now: Instant): Alarm[] {
  const at = device.lastSeenAt ?? now;
  if (device.ne107 === 'F')
    return [
      { at, priority: 'high', text: `${device.name}: ${device.ne107Reason}`, about: 'device', subject: device.id },
    ];
  if (device.ne107 === 'S')
    return [
      { at, priority: 'middle', text: `${device.name}: ${device.ne107Reason}`, about: 'device', subject: device.id },
    ];
  return [];
}

function rolloutAlarm(rollout: RolloutView): Alarm[] {
  if (rollout.state !== 'held') return [];
  return [
    {
      at: rollout.updatedAt,
      priority: 'high',
      text: `${rollout.repository} ${rollout.version}: ${rollout.reason ?? rollout.state}`,
      about: 'rollout',
      subject: rollout.id,
    },
  ];
}

function importAlarm(entry: ImportView): Alarm[] {
  if (entry.state !== 'awaiting-decision' && entry.state !== 'waiting-for-media') return [];
  return [
    {
      at: entry.updatedAt,
      priority: 'low',
      text: `${entry.model} ${entry.version}: ${entry.state}`,
      about: 'import',
      subject: entry.id,
    },
  ];
}
