import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPC_SOCKET_PATH, type ShellSession } from '#contracts/rpc.ts';
import { AppError, isAppError } from '#core/base/index.ts';
import type { AddressCheck } from './address-check.ts';
import { readCookie } from './cookies.ts';
import type { ExpiringSecrets, SecretEntry } from './expiring-secrets.ts';

/** Takes a WebSocket whose Host, Origin and session were checked. */
export interface SocketAcceptor {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, session: ShellSession): void;
}

export interface UpgradeGate {
  readonly check: AddressCheck;
  readonly cookieName: string;
  readonly sessions: ExpiringSecrets;
  readonly acceptor: SocketAcceptor;
  readonly onRefusal: (refusal: AppError) => void;
}

/** Longest delay that a timer takes; sessions are far shorter. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Lets WebSockets through that come from our own page with a live session, and ends them with it. */
export function acceptSockets(server: Server, gate: UpgradeGate): { endAll(): void } {
  const open = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A peer that goes away during the checks is no event of ours.
    socket.on('error', () => socket.destroy());
    try {
      const session = assertMayConnect(gate, request);
      track(open, socket, session);
      gate.acceptor.accept(request, socket, head, { shell: 'browser', id: session.id });
    } catch (error) {
      if (!isAppError(error)) throw error;
      gate.onRefusal(error);
      socket.end(
        `HTTP/1.1 ${error.code === 'SESSION_REQUIRED' ? '401 Unauthorized' : '403 Forbidden'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    }
  });
  return {
    endAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

function assertMayConnect({ check, cookieName, sessions }: UpgradeGate, request: IncomingMessage): SecretEntry {
  check.assertOwnSocket(request.headers);
  if (request.url?.split('?', 1)[0] !== RPC_SOCKET_PATH)
    throw new AppError('ORIGIN_REFUSED', 'no WebSocket is served here', {});
  const secret = readCookie(request.headers.cookie, cookieName);
  const session = secret === null ? null : sessions.find(secret);
  if (session === null) throw new AppError('SESSION_REQUIRED', 'the WebSocket carries no valid session', {});
  return session;
}

function track(open: Set<Duplex>, socket: Duplex, session: SecretEntry): void {
  open.add(socket);
  const expiry = setTimeout(() => socket.destroy(), Math.min(session.remainingMs, LONGEST_TIMER_MS));
  expiry.unref();
  socket.once('close', () => {
    clearTimeout(expiry);
    open.delete(socket);
  });
}
