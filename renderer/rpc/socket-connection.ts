import { createWSClient, type TRPCWebSocketClient } from '@trpc/client';
import { connectionMonitor, type ConnectionMonitor } from './connection-state.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface SocketConnection {
  /** For `wsLink`. */
  readonly client: TRPCWebSocketClient;
  readonly monitor: ConnectionMonitor;
  close(): void;
}

/** The page's end of a WebSocket to the station that comes back by itself and resumes its subscriptions. */
export function openSocketConnection(url: string, socketClass?: typeof WebSocket): SocketConnection {
  const { monitor, set } = connectionMonitor();
  let isClosed = false;
  const client = createWSClient({
    url,
    ...(socketClass === undefined ? {} : { WebSocket: socketClass }),
    retryDelayMs,
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    onOpen: () => {
      set('open');
    },
    onClose: () => {
      if (!isClosed) set('lost');
    },
  });
  return {
    client,
    monitor,
    close() {
      isClosed = true;
      set('closed');
      void client.close();
    },
  };
}
