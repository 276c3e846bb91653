import type { TLSSocket } from 'node:tls';
import type { Clock } from '#core/base/index.ts';
import { mqttFrameGuard, peerIdentity } from '#core/fleet/index.ts';
import type { DeviceGate, PeerIdentity, Refusal } from '#core/fleet/ports.ts';

/** CONNACK return codes of MQTT 3.1.1 section 3.2.2.3 that admission uses. */
const CONNACK = { identifierRejected: 2, notAuthorized: 5 } as const;

export interface AdmissionOptions {
  readonly site: string;
  readonly gate: DeviceGate;
  readonly clock: Clock;
}

export type Admission =
  | { readonly admitted: true; readonly identity: PeerIdentity }
  | { readonly admitted: false; readonly refusal: Refusal; readonly returnCode: number };

/** Who speaks on this connection: the certificate decides, the client id must repeat it. */
export function admit(socket: TLSSocket, clientId: string, options: AdmissionOptions): Admission {
  const identity = peerIdentity(socket.getPeerCertificate());
  const why = refusalOf(socket, identity, options);
  if (identity === undefined || why !== undefined) {
    return {
      admitted: false,
      returnCode: CONNACK.notAuthorized,
      refusal: { device: identity?.device ?? null, via: 'mqtt', why: why ?? 'certificate-names-no-device' },
    };
  }
  if (clientId !== identity.device) {
    return {
      admitted: false,
      returnCode: CONNACK.identifierRejected,
      refusal: { device: identity.device, via: 'mqtt', why: 'client-id-differs' },
    };
  }
  return { admitted: true, identity };
}

function refusalOf(
  socket: TLSSocket,
  identity: PeerIdentity | undefined,
  options: AdmissionOptions,
): Refusal['why'] | undefined {
  if (!socket.authorized) return 'certificate-not-verified';
  if (identity === undefined) return 'certificate-names-no-device';
  if (identity.site !== options.site) return 'other-site';
  // A resumed TLS session is not checked against the clock again.
  if (identity.notAfter <= options.clock.now()) return 'certificate-expired';
  return options.gate.admits(identity) ? undefined : 'not-admitted';
}

/** Says why before the connection closes; the broker library only closes. */
export function sendRefusal(socket: TLSSocket, returnCode: number): void {
  if (socket.writable) socket.write(Buffer.of(0x20, 0x02, 0x00, returnCode));
}

/**
 * Ends the connection when a frame announces more than `limitBytes`.
 * The library pulls bytes with `read()`, so that is where they are seen before its parser collects them.
 */
export function limitFrames(socket: TLSSocket, limitBytes: number): void {
  const isWithinLimit = mqttFrameGuard(limitBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array) || isWithinLimit(chunk)) return chunk;
    socket.destroy(new Error(`an MQTT frame announces more than ${String(limitBytes)} bytes`));
    return null;
  };
}
