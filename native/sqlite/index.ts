export { openStationStore, type SqliteStoreOptions } from './station-store.ts';
