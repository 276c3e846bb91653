export { openStationStore, type SqliteStoreOptions } from './station-store.ts';
export { openPointIndex } from './point-index.ts';
