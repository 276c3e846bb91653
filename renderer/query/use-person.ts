import type { Action } from '#contracts/site.ts';
import { isPermitted } from '#core/access/index.ts';
import { useStationQuery } from './use-station-query.ts';

/** Who is at the screen. */
export function usePerson() {
  return useStationQuery(['site', 'me'], (station) => station.site.me.query());
}

/** Whether this person may do it; false until known. The station checks again: this only spares a refusal. */
export function useMay(action: Action): boolean {
  const { data } = usePerson();
  return data !== undefined && isPermitted(data.role, action);
}
