import type { AddressInfo } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { AppError } from '#core/base/index.ts';

/** Slow senders may not hold a connection: headers within 15 s, a body within two minutes, idle for at most one. */
export const TIMEOUTS = {
  headersTimeout: 15_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 60_000,
  handshakeTimeout: 10_000,
  maxHeaderSize: 16_384,
} as const;
/** A client that takes no byte for this long has gone. */
const STALLED_MS = 120_000;

export function listen(
  server: HttpServer | HttpsServer,
  { host, port }: { host: string; port: number },
): Promise<number> {
  server.setTimeout(STALLED_MS);
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AppError('DEVICE_PORT_UNAVAILABLE', `cannot listen on ${host}:${String(port)}`, { host, port }, { cause }),
      );
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Ends every connection; a pull that was under way resumes at the next start. */
export function stop(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
