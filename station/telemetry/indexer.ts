import { isAppError } from '#core/base/index.ts';
import type { DecodeMetrics, MetricPoint, PointIndex, TelemetryLog } from '#core/telemetry/index.ts';
import { readRecord } from './log-record.ts';

export interface IndexerDeps {
  readonly log: TelemetryLog;
  readonly index: PointIndex;
  readonly decode: DecodeMetrics;
}

/** Keeps the index up to the log. The log is the truth: whatever is missing here is read again at the next start. */
export interface Indexer {
  add(device: string, seq: number, points: readonly MetricPoint[]): void;
  /** Reads what the index does not have: after a kill, or when it was lost. */
  catchUp(): Promise<void>;
}

export function createIndexer({ log, index, decode }: IndexerDeps): Indexer {
  let isComplete = false;

  function add(device: string, seq: number, points: readonly MetricPoint[]): void {
    index.add(points.map((point) => ({ device, seq, point })));
    // A live record says nothing about older ones that are still being read.
    if (isComplete) index.setCompleteTo(seq);
  }

  function addStored(seq: number, payload: Uint8Array): void {
    const record = readRecord(payload);
    if (record === null) return;
    try {
      add(record.device, seq, decode(record.contentType, record.body));
    } catch (error) {
      // An older release took what this one refuses: it stays in the log and is not charted.
      if (!isAppError(error, 'TELEMETRY_MALFORMED') && !isAppError(error, 'INPUT_TOO_LARGE')) throw error;
    }
  }

  return {
    add,
    catchUp: async () => {
      let lastSeq = index.completeTo();
      for await (const { seq, signal, payload } of log.read(lastSeq)) {
        if (signal === 'metrics') addStored(seq, payload);
        lastSeq = seq;
      }
      index.setCompleteTo(lastSeq);
      isComplete = true;
    },
  };
}
