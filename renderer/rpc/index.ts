export { createStationClient, type StationClient } from './client.ts';
export type { ConnectionMonitor, ConnectionState } from './connection-state.ts';
export { wireErrorOf } from './wire-error.ts';
