import './zod-without-eval.ts';
import { createTRPCClient, wsLink, type TRPCClient } from '@trpc/client';
import { FolderChoiceMessage } from '#contracts/desktop.ts';
import { BRIDGE_NAME, RPC_SOCKET_PATH, type DesktopBridge, type FolderChoice } from '#contracts/rpc.ts';
import type { AppRouter } from '#station/app-router.ts';
import type { ConnectionMonitor } from './connection-state.ts';
import { openDesktopPort } from './desktop-port.ts';
import { PortConnection } from './port-connection.ts';
import { portLink } from './port-link.ts';
import { openSocketConnection } from './socket-connection.ts';

/** The page's way to the station; the same in both shells. */
export interface StationClient {
  /** Typed calls: `rpc.site.overview.query()`, `rpc.jobs.watch.subscribe(…)`. */
  readonly rpc: TRPCClient<AppRouter>;
  readonly connection: ConnectionMonitor;
  /** The native folder dialog; null where the shell has none and a person types the folder. */
  readonly chooseFolder: (() => Promise<FolderChoice>) | null;
  close(): void;
}

declare global {
  interface Window {
    readonly [BRIDGE_NAME]?: DesktopBridge;
  }
}

/** Connects to the station: by message port inside the desktop shell, by WebSocket to the page's own origin elsewhere. */
export function createStationClient(): StationClient {
  const bridge = window[BRIDGE_NAME];
  return bridge === undefined ? browserClient() : desktopClient(bridge);
}

function desktopClient(bridge: DesktopBridge): StationClient {
  const connection = new PortConnection({ open: () => openDesktopPort(bridge) });
  return {
    rpc: createTRPCClient<AppRouter>({ links: [portLink(connection)] }),
    connection: connection.monitor,
    chooseFolder: async () => FolderChoiceMessage.parse(await bridge.chooseFolder()),
    close: () => {
      connection.close();
    },
  };
}

function browserClient(): StationClient {
  const url = `${location.origin.replace(/^http/, 'ws')}${RPC_SOCKET_PATH}`;
  const connection = openSocketConnection(url);
  return {
    rpc: createTRPCClient<AppRouter>({ links: [wsLink({ client: connection.client })] }),
    connection: connection.monitor,
    chooseFolder: null,
    close: () => {
      connection.close();
    },
  };
}
