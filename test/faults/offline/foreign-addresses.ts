/** A call of a trace that would leave this machine. */
export interface ForeignCall {
  readonly line: number;
  readonly call: string;
  readonly address: string;
}

/** What was looked at, and what of it would leave the machine. */
export interface TraceFindings {
  /** Calls that named an address, loopback and local sockets included. */
  readonly addressed: number;
  readonly foreign: readonly ForeignCall[];
}

const CALL = /^(?:\d+\s+)?(connect|sendto|sendmsg|sendmmsg)\(/;
const ADDRESS = /sa_family=(AF_\w+)([^}]*)/g;
const QUOTED = /"([^"]*)"/;

/** Families that cannot leave the machine: sockets of the file system, and the kernel's own answers about interfaces. */
const LOCAL_FAMILIES: ReadonlySet<string> = new Set(['AF_UNIX', 'AF_LOCAL', 'AF_NETLINK', 'AF_UNSPEC']);

/**
 * Reads a trace of `strace -f -e trace=connect,sendto,sendmsg,sendmmsg`. An attempt counts, whether it came through or not; a question to
 * a name server is one too. A family that is not known here counts as foreign.
 */
export function foreignCalls(trace: string): TraceFindings {
  const foreign: ForeignCall[] = [];
  let addressed = 0;
  for (const [index, text] of trace.split('\n').entries()) {
    const call = CALL.exec(text)?.[1];
    if (call === undefined) continue;
    for (const [, family = '', rest = ''] of text.matchAll(ADDRESS)) {
      addressed += 1;
      if (!isLocal(family, rest)) foreign.push({ line: index + 1, call, address: `${family}${rest}` });
    }
  }
  return { addressed, foreign };
}

function isLocal(family: string, rest: string): boolean {
  if (LOCAL_FAMILIES.has(family)) return true;
  const host = QUOTED.exec(rest.slice(rest.search(/sin6?_addr|inet_addr|inet_pton/)))?.[1];
  // Port 53 on loopback is a local resolver that would ask others in turn.
  if (/sin6?_port=htons\(53\)/.test(rest)) return false;
  return host !== undefined && (/^127\./.test(host) || host === '::1' || /^::ffff:127\./.test(host));
}
