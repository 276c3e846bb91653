export { openTelemetryLog, type TelemetryLogOptions } from './segmented-log.ts';
