import type { SeriesQuery, SeriesResult, TelemetryStatus } from '#contracts/telemetry.ts';
import type { Person } from '#contracts/site.ts';

export interface TelemetryService {
  /** One OTLP metrics export request (protobuf or JSON bytes) of an authenticated device; durable before it returns. */
  receive(device: string, contentType: string, body: Uint8Array): Promise<void>;
  series(query: SeriesQuery): SeriesResult;
  status(): TelemetryStatus;
  /** Copies sealed segments with a signed manifest to a medium, as a durable job. */
  /** `recipients` can read it besides those that the site names. */
  export(
    input: { volumeId: string; recipients?: readonly string[] | undefined },
    person: Person,
  ): Promise<{ jobId: string }>;
}
