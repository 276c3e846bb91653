import type { DeviceView } from '#contracts/device.ts';
import type { LineTile } from '#contracts/site.ts';

/** Worst first. `unknown` outranks normal only: a device that never spoke is work to do, not a fault. */
const SEVERITY: readonly DeviceView['ne107'][] = ['F', 'C', 'S', 'M', 'unknown', 'N'];

/** One tile a line, sorted by name: its worst status, its counts and the models that run on it. */
export function lineTiles(devices: readonly DeviceView[]): LineTile[] {
  const lines = [...new Set(devices.map((device) => device.line))].sort();
  return lines.map((line) =>
    tileOf(
      line,
      devices.filter((device) => device.line === line),
    ),
  );
}

function tileOf(line: string, devices: readonly DeviceView[]): LineTile {
  const counts: Record<string, number> = {};
  for (const device of devices) counts[device.ne107] = (counts[device.ne107] ?? 0) + 1;
  const seen = devices.flatMap((device) => (device.lastSeenAt === null ? [] : [device.lastSeenAt]));
  return {
    line,
    worst: SEVERITY.find((letter) => (counts[letter] ?? 0) > 0) ?? 'unknown',
    counts,
    devices: devices.length,
    models: [...new Set(devices.flatMap(modelsOf))].sort(),
    oldestSeenAt: seen.length === 0 ? null : Math.min(...seen),
  };
}

function modelsOf(device: DeviceView): string[] {
  const active = device.reported?.active ?? null;
  const model = active === null ? null : (device.reported?.slots[active].model ?? null);
  return model === null ? [] : [`${model.repository} ${model.version}`];
}
