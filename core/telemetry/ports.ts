import type { Digest, Instant } from '#core/base/index.ts';

/** One aggregated point of a metric stream, as OTLP carries it. */
export interface MetricPoint {
  readonly metric: string;
  /** Attributes of the point and its resource, as text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly startAt: Instant;
  readonly endAt: Instant;
  readonly temporality: 'delta' | 'cumulative' | 'gauge';
  readonly value: PointValue;
}

export type PointValue =
  | { readonly kind: 'number'; readonly value: number }
  /** `counts` has one element more than `bounds`; the last one is open above. */
  | {
      readonly kind: 'histogram';
      readonly bounds: readonly number[];
      readonly counts: readonly number[];
      readonly sum: number;
    };

/** Kind of a record in the telemetry log. */
export type TelemetrySignal = 'metrics' | 'gap';

export interface TelemetryRecord {
  readonly seq: number;
  readonly signal: TelemetrySignal;
  readonly payload: Uint8Array;
}

/** A loss: sequences that were given out and cannot be read. Losses become data. */
export interface TelemetryGap {
  readonly from: number;
  readonly to: number;
  readonly cause: 'frame-damaged' | 'segment-damaged' | 'segment-missing' | 'write-failed';
}

export interface SegmentInfo {
  readonly name: string;
  /** Sequences of one epoch are without an untold hole; null when the header is damaged. */
  readonly epoch: string | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Requests; gap records are counted apart. */
  readonly records: number;
  readonly gaps: number;
  readonly bytes: number;
  /** Over everything before the footer; null while the segment is not sealed. */
  readonly digest: Digest | null;
}

/**
 * Raw requests in order, in segments.
 * A record is durable when `append` resolves; records of one commit share an fsync. Opening never refuses: a torn tail is cut,
 * a damaged middle is skipped, and a loss leaves a gap record that says what is missing.
 */
export interface TelemetryLog {
  /** Its sequence. TELEMETRY_BACKPRESSURE when too much waits, DISK_FULL or DISK_FAILED when it could not be made durable. */
  append(payload: Uint8Array): Promise<number>;
  /** Records after `afterSeq`, in order. */
  read(afterSeq: number): AsyncIterable<TelemetryRecord>;
  /** Ends the present segment, so that it can be copied; gives all segments in order. */
  seal(): Promise<SegmentInfo[]>;
  segments(): SegmentInfo[];
  /** Bytes of a segment. */
  openSegment(name: string): AsyncIterable<Uint8Array>;
  /** Gap records in the whole log. */
  readonly gaps: number;
  close(): Promise<void>;
}

/** A stored point with the device that sent it and the log record that it came in. */
export interface IndexedPoint {
  readonly device: string;
  readonly seq: number;
  readonly point: MetricPoint;
}

export interface PointQuery {
  readonly metric: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly devices: readonly string[] | null;
}

/** Finds points by metric and time. Rebuilt from the log when it is lost, so it may be written lazily. */
export interface PointIndex {
  /** Idempotent by (device, metric, attributes, end). */
  add(points: readonly IndexedPoint[]): void;
  /** In order of their end. */
  find(query: PointQuery): IndexedPoint[];
  /** Every record up to this one is in the index. */
  completeTo(): number;
  setCompleteTo(seq: number): void;
  count(): number;
  span(): { oldestAt: Instant | null; newestAt: Instant | null };
  close(): void;
}

/** Decodes one OTLP metrics export request. TELEMETRY_MALFORMED or INPUT_TOO_LARGE. */
export type DecodeMetrics = (contentType: string, body: Uint8Array) => MetricPoint[];
