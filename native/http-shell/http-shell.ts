import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import fastify, { type FastifyInstance } from 'fastify';
import { AppError, invariant, type Clock, type IdSource } from '#core/base/index.ts';
import { createAddressCheck } from './address-check.ts';
import { sessionCookieName } from './cookies.ts';
import { ExpiringSecrets } from './expiring-secrets.ts';
import { planListening, type ListenPlan, type TlsIdentity } from './listen-plan.ts';
import { loadPageFiles } from './page-files.ts';
import { servePage, type PageShell, type ShellAddress } from './page-routes.ts';
import { acceptSockets, type SocketAcceptor } from './socket-upgrade.ts';

export interface HttpShellOptions {
  /** Folder of the built page. */
  readonly dist: string;
  /** Takes over WebSocket connections after every check passed. */
  readonly sockets: SocketAcceptor;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Default 127.0.0.1; any address that other machines reach needs `tls`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly tls?: TlsIdentity;
  readonly publicNames?: readonly string[];
  readonly sessionMs?: number;
  readonly startTokenMs?: number;
  /** Every refusal, for the log. */
  readonly onRefusal?: (refusal: AppError) => void;
}

/** The station's page, served to a browser. */
export interface HttpShell {
  /** e.g. `http://127.0.0.1:41873`. */
  readonly origin: string;
  /** A fresh start link: works once, and only for a while. */
  issueStartToken(): string;
  close(): Promise<void>;
}

/** One shift, with handover. */
const SESSION_MS = 12 * 60 * 60 * 1000;
/** Long enough to walk to the tablet. */
const START_TOKEN_MS = 10 * 60 * 1000;
const MOST_SESSIONS = 64;
const MOST_TOKENS = 16;
/** Starts the browser shell. Refuses with LISTEN_REFUSED before anything listens. */
export async function createHttpShell(options: HttpShellOptions): Promise<HttpShell> {
  const plan = planListening({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    tls: options.tls ?? null,
    publicNames: options.publicNames ?? [],
  });
  const app = createApp(options.tls ?? null);
  const shell = await createShell(options, plan, app.server);
  servePage(app, shell);
  try {
    await app.listen({ host: plan.host, port: plan.port });
  } catch (cause) {
    throw new AppError(
      'LISTEN_FAILED',
      `cannot listen on ${plan.host}:${String(plan.port)}`,
      { host: plan.host, port: plan.port },
      { cause },
    );
  }
  const upgrades = acceptSockets(app.server, {
    ...shell.address(),
    acceptor: options.sockets,
    sessions: shell.sessions,
    onRefusal: shell.onRefusal,
  });
  const origin = `${plan.scheme}://${plan.linkName}:${String(portOf(app.server))}`;
  return {
    origin,
    issueStartToken: () => `${origin}/?token=${shell.startTokens.issue()}`,
    async close() {
      upgrades.endAll();
      await app.close();
    },
  };
}

async function createShell(options: HttpShellOptions, plan: ListenPlan, server: Server): Promise<PageShell> {
  const { clock, ids, sessionMs = SESSION_MS, startTokenMs = START_TOKEN_MS } = options;
  let address: ShellAddress | null = null;
  return {
    page: await loadPageFiles(options.dist),
    sessions: new ExpiringSecrets({ clock, ids, lifetimeMs: sessionMs, capacity: MOST_SESSIONS }),
    startTokens: new ExpiringSecrets({ clock, ids, lifetimeMs: startTokenMs, capacity: MOST_TOKENS }),
    sessionMs,
    ids,
    address: () => (address ??= addressOf(plan, portOf(server))),
    onRefusal: options.onRefusal ?? ignore,
  };
}

function createApp(tls: TlsIdentity | null): FastifyInstance {
  return fastify({
    // A HEAD route would let a link preview use up the start link.
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // Nothing here takes a body; RPC goes over the WebSocket.
    bodyLimit: 1,
    requestTimeout: 10_000,
    serverFactory: (handler): Server =>
      tls === null ? createServer(handler) : createSecureServer({ ...tls, minVersion: 'TLSv1.2' }, handler),
  });
}

function addressOf(plan: ListenPlan, port: number): ShellAddress {
  return {
    check: createAddressCheck(plan, port),
    cookieName: sessionCookieName(port),
    isSecure: plan.scheme === 'https',
  };
}

function portOf(server: Server): number {
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'the shell listens on a TCP port');
  return address.port;
}

function ignore(): void {
  // A caller without a log takes no refusals.
}
