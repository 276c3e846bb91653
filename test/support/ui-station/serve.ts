import { isAppError } from '#core/base/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { createHttpShell, type HttpShell } from '#native/http-shell/index.ts';
import { createSocketRpc } from '#native/rpc/index.ts';
import { appRouter } from '#station/app-router.ts';
import type { CallContext } from '#station/rpc/trpc.ts';
import { createUiStation, type UiStation, type UiStationOptions } from './create-ui-station.ts';

export interface ServedUiStation {
  readonly station: UiStation;
  readonly shell: HttpShell;
  close(): Promise<void>;
}

/** Serves the in-memory station through the real browser shell: real policy, cookie and WebSocket. */
export async function serveUiStation(
  dist: string,
  options: Omit<UiStationOptions, 'clock' | 'ids'> = {},
): Promise<ServedUiStation> {
  const ids = randomIds(systemClock);
  const station = createUiStation({ clock: systemClock, ids, ...options });
  const rpc = createSocketRpc({
    router: appRouter,
    createContext: (): CallContext => ({
      person: station.person,
      services: station.services,
      logFailure(error) {
        if (!isAppError(error)) console.error(error);
        return ids.next();
      },
    }),
  });
  const shell = await createHttpShell({ dist, sockets: rpc, clock: systemClock, ids });
  return {
    station,
    shell,
    async close() {
      await rpc.close();
      await shell.close();
    },
  };
}
