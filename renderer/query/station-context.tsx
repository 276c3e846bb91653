import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { ConnectionState, StationClient } from '#renderer/rpc/index.ts';

/** The typed calls to the station. */
export type Station = StationClient['rpc'];

const ClientContext = createContext<StationClient | null>(null);

export function StationProvider({
  client,
  children,
}: {
  readonly client: StationClient;
  readonly children: ReactNode;
}) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

function useClient(): StationClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('the station is used outside StationProvider');
  return client;
}

/** The station; only below `StationProvider`. */
export function useStation(): Station {
  return useClient().rpc;
}

/** The native folder dialog; null where the shell has none and a person types the folder. */
export function useFolderChooser(): StationClient['chooseFolder'] {
  return useClient().chooseFolder;
}

/** Whether the page can reach its station now. */
export function useConnectionState(): ConnectionState {
  const { connection } = useClient();
  return useSyncExternalStore(connection.subscribe, connection.get);
}
