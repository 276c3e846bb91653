export { startMetrics, type InferenceMetrics, type MetricsOptions, type ModelAttributes } from './inference-metrics.ts';
