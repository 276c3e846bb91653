export { openStationLog, type StationLog } from './station-log.ts';
export { REDACTED, scrub } from './scrub.ts';
