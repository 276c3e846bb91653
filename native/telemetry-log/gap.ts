import { z } from 'zod';
import type { TelemetryGap } from '#core/telemetry/index.ts';
import { unpackRecords } from './pack.ts';

const Gap = z.object({
  from: z.number().int(),
  to: z.number().int(),
  cause: z.enum(['frame-damaged', 'segment-damaged', 'segment-missing', 'write-failed']),
});

/** The record that tells a gap. */
export function encodeGap(gap: TelemetryGap): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(gap));
}

export function parseGap(payload: Uint8Array): TelemetryGap | undefined {
  const [record] = unpackRecords(payload) ?? [];
  if (record === undefined) return undefined;
  try {
    return Gap.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(record)));
  } catch {
    // Of another release: counted by its signal, its range is not known here.
    return undefined;
  }
}
