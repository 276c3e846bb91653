import { isIP } from 'node:net';
import { AppError } from '#core/base/index.ts';

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface ListenRequest {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsIdentity | null;
  /** Further names under which browsers reach the station, e.g. the name in its certificate. */
  readonly publicNames: readonly string[];
}

/** What may listen, and under which names it answers. */
export interface ListenPlan {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Lower case, without port; IPv6 in brackets as browsers write it. */
  readonly names: readonly string[];
  /** The name in links that the station prints. */
  readonly linkName: string;
}

const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];
const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Loopback needs nothing; every other address needs TLS, and a wildcard needs the names it answers to. */
export function planListening({ host, port, tls, publicNames }: ListenRequest): ListenPlan {
  const scheme = tls === null ? 'http' : 'https';
  const further = publicNames.map((name) => name.toLowerCase());
  if (isLoopback(host))
    return { host, port, scheme, names: [...LOOPBACK_NAMES, ...further], linkName: bracketed(host) };
  if (tls === null)
    throw new AppError('LISTEN_REFUSED', `${host} is reachable from other machines and no TLS certificate was given`, {
      host,
    });
  if (!WILDCARDS.includes(host))
    return { host, port, scheme, names: [bracketed(host), ...further], linkName: further[0] ?? bracketed(host) };
  const [linkName] = further;
  if (linkName === undefined)
    throw new AppError(
      'LISTEN_REFUSED',
      `${host} means every address, and no name was given under which the station answers`,
      { host },
    );
  return { host, port, scheme, names: [...LOOPBACK_NAMES, ...further], linkName };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase();
}
