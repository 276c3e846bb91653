export { openTelemetryLog } from './segmented-log.ts';
