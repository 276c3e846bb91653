import { randomFrom } from './random.ts';

/** One reading of a spindle, in the units of the column names. */
export interface SensorRow {
  readonly minute: number;
  readonly spindleSpeedRpm: number;
  readonly torqueNm: number;
  readonly bearingTemperatureC: number;
  readonly vibrationMmS: number;
}

/** A shift of readings: daily warmth, wear that creeps in, and noise. The series drifts, so drift reports have something to find. */
export function sensorSeries(seed: number, rows: number): SensorRow[] {
  const random = randomFrom(seed + 101);
  const noise = (): number => random() + random() + random() - 1.5;
  return Array.from({ length: rows }, (_, minute) => {
    const wear = minute / Math.max(1, rows);
    return {
      minute,
      spindleSpeedRpm: round(1480 + noise() * 12),
      torqueNm: round(38 + wear * 6 + noise() * 1.5),
      bearingTemperatureC: round(41 + 4 * Math.sin(minute / 230) + wear * 3 + noise() * 0.6),
      vibrationMmS: round(1.2 + wear * wear * 1.8 + Math.abs(noise()) * 0.2),
    };
  });
}

/** The series as CSV with a header. */
export function toCsv(rows: readonly SensorRow[]): string {
  const lines = rows.map((row) =>
    [row.minute, row.spindleSpeedRpm, row.torqueNm, row.bearingTemperatureC, row.vibrationMmS].join(','),
  );
  return ['minute,spindle_speed_rpm,torque_nm,bearing_temperature_c,vibration_mm_s', ...lines, ''].join('\n');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
