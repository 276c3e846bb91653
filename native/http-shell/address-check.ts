import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '#core/base/index.ts';
import type { ListenPlan } from './listen-plan.ts';

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Refuses requests that were not meant for this station. */
export interface AddressCheck {
  /** Any request: a Host that is ours, and an Origin, when there is one, that is ours too. */
  assertOwn(headers: IncomingHttpHeaders): void;
  /** A WebSocket: the same, and the Origin must be there, for every browser sends it. */
  assertOwnSocket(headers: IncomingHttpHeaders): void;
}

/**
 * A foreign page may make a browser send requests here, and a foreign name server may point its own name at this address
 * (DNS rebinding). Neither can make the browser write our name into Host and Origin.
 */
export function createAddressCheck(plan: ListenPlan, port: number): AddressCheck {
  const hosts = new Set(plan.names.map((name) => `${name}:${String(port)}`));
  if (port === DEFAULT_PORTS[plan.scheme]) for (const name of plan.names) hosts.add(name);
  const assertOwn = ({ host, origin }: IncomingHttpHeaders) => {
    if (host === undefined || !hosts.has(host.toLowerCase()))
      throw new AppError('ORIGIN_REFUSED', 'the Host of the request is not this station', { host: printable(host) });
    if (origin !== undefined && origin.toLowerCase() !== `${plan.scheme}://${host.toLowerCase()}`) {
      throw new AppError('ORIGIN_REFUSED', 'the Origin of the request is not this station', {
        origin: printable(origin),
      });
    }
  };
  return {
    assertOwn,
    assertOwnSocket(headers) {
      assertOwn(headers);
      if (headers.origin === undefined) throw new AppError('ORIGIN_REFUSED', 'the request names no Origin', {});
    },
  };
}

/** Untrusted: goes to the log. */
function printable(header: string | undefined): string {
  return (header ?? '').slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
}
