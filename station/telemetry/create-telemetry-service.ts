import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { buildSeries, SERIES } from '#core/telemetry/index.ts';
import { TELEMETRY_EXPORT, telemetryExportJob } from './export-job.ts';
import { createIndexer } from './indexer.ts';
import { recordOf } from './log-record.ts';
import type { TelemetryService } from './service.ts';
import type { TelemetryDeps } from './telemetry-deps.ts';

/** Agents report every few seconds; a collector in between may make that minutes. */
const BASELINE_MS = 10 * 60_000;

/** Rollout steps that a chart marks. */
const MARKED = ['rollout.started', 'rollout.held', 'rollout.rolled-back', 'rollout.finished', 'rollout.aborted'];

/** Keeps what devices measure: acknowledged when the raw request is in the log, charted from an index of the log. */
export async function createTelemetryService(deps: TelemetryDeps): Promise<TelemetryService> {
  deps.jobs.register(telemetryExportJob(deps));
  const indexer = createIndexer(deps);
  await indexer.catchUp();

  return {
    receive: async (device, contentType, body) => {
      // Decoded first: what cannot be read is refused, not kept.
      const points = deps.decode(contentType, body);
      const seq = await deps.log.append(recordOf({ device, contentType, receivedAt: deps.clock.now() }, body));
      indexer.add(device, seq, points);
    },
    series: (query) => {
      if (query.to <= query.from)
        throw new AppError('USAGE_INVALID', 'the end of a time range lies after its begin', {
          from: query.from,
          to: query.to,
        });
      const points = deps.index.find({
        metric: SERIES[query.metric].metric,
        // Cumulative points need the one before the window to be compared with.
        from: query.from - Math.max(BASELINE_MS, query.stepMs),
        to: query.to,
        devices: query.devices ?? null,
      });
      return { ...buildSeries(query, points), markers: markersIn(deps, query.from, query.to) };
    },
    status: () => {
      const segments = deps.log.segments();
      return {
        segments: segments.length,
        bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
        records: segments.reduce((sum, segment) => sum + segment.records, 0),
        points: deps.index.count(),
        ...deps.index.span(),
        gaps: deps.log.gaps,
      };
    },
    export: async ({ volumeId, recipients = [] }, person: Person) => {
      await deps.media.require(volumeId);
      const exportId = deps.ids.next();
      const actor = { kind: 'person' as const, id: person.id, name: person.name };
      const payload = { exportId, volumeId, recipients, actor };
      return {
        jobId: deps.jobs.enqueue({ kind: TELEMETRY_EXPORT, payload, subject: exportId, exclusiveKey: volumeId }),
      };
    },
  };
}

function markersIn(deps: TelemetryDeps, from: number, to: number): { at: number; kind: string; text: string }[] {
  return deps.store.events
    .readBack(Number.MAX_SAFE_INTEGER, 2_000, { stream: 'rollout' })
    .filter((record) => record.at >= from && record.at < to && MARKED.includes(record.type))
    .map((record) => ({ at: record.at, kind: record.type, text: record.ticket ?? record.subject }))
    .reverse();
}
