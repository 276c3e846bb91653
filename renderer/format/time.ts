import type { TimeZoneChoice } from '#renderer/preferences/preferences-store.ts';

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** `+01:00` for an offset in minutes east of UTC. */
export function offsetText(minutesEast: number): string {
  const sign = minutesEast < 0 ? '-' : '+';
  const size = Math.abs(minutesEast);
  return `${sign}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

interface WallTime {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

/** `minutesEast` is the zone's offset at that instant, so that a DST change shows the right one. */
export function wallTime(at: number, minutesEast: number): WallTime {
  const shifted = new Date(at + minutesEast * 60_000);
  return {
    date: `${shifted.getUTCFullYear()}-${pad(shifted.getUTCMonth() + 1)}-${pad(shifted.getUTCDate())}`,
    time: `${pad(shifted.getUTCHours())}:${pad(shifted.getUTCMinutes())}:${pad(shifted.getUTCSeconds())}`,
    zone: offsetText(minutesEast),
  };
}

/** Offset of this machine's zone at an instant; 0 for the UTC choice. */
export function minutesEastOf(at: number, choice: TimeZoneChoice): number {
  return choice === 'utc' ? 0 : -new Date(at).getTimezoneOffset();
}

export type TimeDetail = 'time' | 'date-time';

/** Every time on a screen carries its zone: `2026-03-29 14:02:11 +02:00`. */
export function formatInstant(at: number, choice: TimeZoneChoice, detail: TimeDetail = 'date-time'): string {
  const wall = wallTime(at, minutesEastOf(at, choice));
  return detail === 'time' ? `${wall.time} ${wall.zone}` : `${wall.date} ${wall.time} ${wall.zone}`;
}

export interface AgeParts {
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days';
  readonly count: number;
}

/** Coarse age: one unit, whole numbers, never negative (a device clock may run ahead). */
export function ageParts(ageMs: number): AgeParts {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return { unit: 'seconds', count: seconds };
  if (seconds < 3600) return { unit: 'minutes', count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hours', count: Math.floor(seconds / 3600) };
  return { unit: 'days', count: Math.floor(seconds / 86_400) };
}

/** A remaining time as `1:05` or `2:03:09`. */
export function formatCountdown(remainingMs: number): string {
  const seconds = Math.max(0, Math.ceil(remainingMs / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const tail = `${pad(minutes)}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : `${minutes}:${pad(seconds % 60)}`;
}
