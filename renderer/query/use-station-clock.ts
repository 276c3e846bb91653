import { useLocalNow } from './use-now.ts';
import { useStationQuery } from './use-station-query.ts';

/** Difference of two looks at the clocks: the station's time minus this machine's, in milliseconds. */
export function useClockOffset(): number {
  const overview = useStationQuery(['site', 'overview'], (station) => station.site.overview.query());
  return overview.data === undefined ? 0 : overview.data.now - overview.dataUpdatedAt;
}

/** The station's time, running: ages and countdowns are told by the station's clock, not by the tablet's. */
export function useStationNow(): number {
  return useLocalNow() + useClockOffset();
}
