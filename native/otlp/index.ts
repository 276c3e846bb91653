export { decodeMetrics } from './decode-metrics.ts';
