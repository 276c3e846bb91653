import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { getWSConnectionHandler, type WSSHandlerOptions } from '@trpc/server/adapters/ws';
import type { AnyRouter } from '@trpc/server';
import { WebSocketServer, type WebSocket } from 'ws';
import { RPC_LIMITS, type ShellSession } from '#contracts/rpc.ts';

export interface SocketService {
  readonly router: AnyRouter;
  /** Called once a connection, with the session that the shell established for it. */
  readonly createContext: (session: ShellSession) => unknown;
  /** Failures of the transport itself; failures of calls go through the router's error formatter. */
  readonly onFailure?: (error: Error) => void;
  readonly keepAlive?: { readonly pingMs: number; readonly pongWaitMs: number };
}

/** Serves a router over WebSocket to connections whose session the caller has checked. */
export interface SocketRpc {
  /** Precondition: Host, Origin and session of `request` were checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, session: ShellSession): void;
  /** Tells pages to connect again, then ends every connection. */
  close(): Promise<void>;
}

/** A page behind a proxy or a sleeping tablet is noticed within this time. */
const KEEP_ALIVE = { pingMs: 15_000, pongWaitMs: 10_000 };
const BACKLOG_CHECK_MS = 1_000;

/** Makes the WebSocket half of the RPC service. */
export function createSocketRpc(service: SocketService): SocketRpc {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: RPC_LIMITS.socketMessageBytes,
    perMessageDeflate: false,
  });
  return {
    accept(request, socket, head, session) {
      if (server.clients.size >= RPC_LIMITS.socketsPerStation) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (client) => {
        serveClient({ server, client, request }, session, service);
      });
    },
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

function serveClient(
  { server, client, request }: { server: WebSocketServer; client: WebSocket; request: IncomingMessage },
  session: ShellSession,
  service: SocketService,
): void {
  const options: WSSHandlerOptions<AnyRouter> = {
    wss: server,
    router: service.router,
    createContext: () => service.createContext(session),
    keepAlive: { enabled: true, ...(service.keepAlive ?? KEEP_ALIVE) },
    maxBatchSize: RPC_LIMITS.socketBatch,
    onError: ({ error, path }) => {
      if (path === undefined) service.onFailure?.(error);
    },
  };
  cutOffWhenBehind(client);
  getWSConnectionHandler(options)(client, request);
}

/** A WebSocket has no window for events: a page that stops reading is cut off, connects again and resumes by sequence. */
function cutOffWhenBehind(client: WebSocket): void {
  const timer = setInterval(() => {
    if (client.bufferedAmount > RPC_LIMITS.socketBacklogBytes) client.terminate();
  }, BACKLOG_CHECK_MS);
  timer.unref();
  client.once('close', () => {
    clearInterval(timer);
  });
}
