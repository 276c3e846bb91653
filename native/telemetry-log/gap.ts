import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { TelemetryGap } from '#core/telemetry/index.ts';

const Gap = z.object({
  from: z.number().int(),
  to: z.number().int(),
  cause: z.enum(['frame-damaged', 'segment-damaged', 'segment-missing', 'write-failed']),
});

/** A gap record's payload, compressed as every payload is. */
export function encodeGap(gap: TelemetryGap): Uint8Array {
  return zstdCompressSync(JSON.stringify(gap));
}

export function parseGap(payload: Uint8Array): TelemetryGap | undefined {
  try {
    return Gap.parse(JSON.parse(zstdDecompressSync(payload, { maxOutputLength: 4096 }).toString('utf8')));
  } catch {
    // Of another release: counted by its signal, its range is not known here.
    return undefined;
  }
}
