export { toDeltas, type Delta } from './deltas.ts';
export { histogramQuantile, mergeHistograms, type Histogram } from './histogram.ts';
export type {
  DecodeMetrics,
  IndexedPoint,
  MetricPoint,
  PointIndex,
  PointQuery,
  PointValue,
  SegmentInfo,
  TelemetryGap,
  TelemetryLog,
  TelemetryRecord,
  TelemetrySignal,
} from './ports.ts';
export { buildSeries, SERIES } from './series.ts';
