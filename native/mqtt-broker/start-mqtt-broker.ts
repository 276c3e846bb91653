import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { topicOf, type DsseEnvelope } from '#contracts/device.ts';
import { AppError, KIB, MIB, type Clock } from '#core/base/index.ts';
import type { DeviceBus, DeviceMessage } from '#core/device/ports.ts';
import { maySubscribe, publishedLeaf } from '#core/fleet/index.ts';
import type { DeviceGate } from '#core/fleet/ports.ts';
import { admit, limitFrames, sendRefusal } from './admission.ts';

const LIMITS = {
  /** The largest DSSE envelope of contracts/device.ts, and room for the topic. */
  frameBytes: 4 * MIB + 64 * KIB,
  connectTimeoutMs: 10_000,
  /** A silent peer is known to be gone after one and a half of this. */
  keepaliveSeconds: 120,
} as const;

export interface MqttBrokerOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly certificatePem: string; readonly privateKeyPem: string; readonly caPem: string };
  readonly site: string;
  readonly gate: DeviceGate;
  readonly clock: Clock;
  /** What the log should know of a connection that ended in an error. */
  readonly onError?: (device: string | null, error: Error) => void;
}

export interface MqttBroker {
  readonly bus: DeviceBus;
  readonly port: number;
  /** After a renewal of the server certificate. */
  useCredentials(credentials: MqttBrokerOptions['credentials']): void;
  connectedDevices(): string[];
  close(): Promise<void>;
}

/**
 * The embedded broker (MQTT 3.1.1 over TLS, client certificate required).
 * INVARIANTS: client id = subject CN = device; a device writes its own reported, event, response and online, and reads its own desired and request;
 * a message is acknowledged only after every listener returned, so what was acknowledged is durable.
 * Retained messages live in memory: after a restart the fleet service publishes the desired document of every device again.
 */
export async function startMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const listeners = new Set<(message: DeviceMessage) => void>();
  const tell = (message: DeviceMessage): void => {
    for (const listener of listeners) listener(message);
  };
  const broker = await createBroker(options, tell);
  const online = trackConnections(broker, tell, options);
  const server = createServer(
    { ...tlsOptions(options.credentials), handshakeTimeout: LIMITS.connectTimeoutMs },
    (socket) => {
      limitFrames(socket, LIMITS.frameBytes);
      broker.handle(socket);
    },
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (error) => options.onError?.(null, error));
  const port = await listen(server, options);
  return {
    bus: deviceBus(broker, { site: options.site, listeners, online }),
    port,
    useCredentials: (credentials) => {
      server.setSecureContext(tlsOptions(credentials));
    },
    connectedDevices: () => [...online.keys()].sort(),
    close: () => closeAll(broker, server, sockets),
  };
}

function tlsOptions({ certificatePem, privateKeyPem, caPem }: MqttBrokerOptions['credentials']) {
  return {
    cert: `${certificatePem}\n${caPem}`,
    key: privateKeyPem,
    ca: caPem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: true,
  } as const;
}

function createBroker(options: MqttBrokerOptions, tell: (message: DeviceMessage) => void): Promise<Aedes> {
  const { site, gate } = options;
  return Aedes.createBroker({
    connectTimeout: LIMITS.connectTimeoutMs,
    keepaliveLimit: LIMITS.keepaliveSeconds,
    maxTopicLevels: 8,
    preConnect: (client, packet, done) => {
      const socket = client.conn as TLSSocket;
      const admission = admit(socket, packet.clientId, options);
      if (admission.admitted) {
        done(null, true);
        return;
      }
      gate.refused(admission.refusal);
      sendRefusal(socket, admission.returnCode);
      done(new Error(`refused: ${admission.refusal.why}`), false);
    },
    authorizePublish: (client, packet, done) => {
      const leaf = client === null ? undefined : publishedLeaf(packet.topic, site, client.id);
      if (client === null || leaf === undefined) {
        gate.refused({ device: client?.id ?? null, via: 'mqtt', why: 'topic-not-allowed' });
        done(new Error('this topic is not the device’s own'));
        return;
      }
      // A retained event would be told again to nobody's use; only states are retained.
      if (leaf === 'event' || leaf === 'response') packet.retain = false;
      done(leaf === 'online' ? null : hand(tell, { leaf, device: client.id, envelope: readJson(packet.payload) }));
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (maySubscribe(subscription.topic, site, client.id)) {
        done(null, subscription);
        return;
      }
      gate.refused({ device: client.id, via: 'mqtt', why: 'topic-not-allowed' });
      done(null, null);
    },
    // Not needed while subscriptions are checked; it keeps a foreign message from a device even if one slipped in.
    authorizeForward: (client, packet) => (maySubscribe(packet.topic, site, client.id) ? packet : null),
  });
}

/** The failure of a listener, which must keep the acknowledgement back; the device sends again. */
function hand(tell: (message: DeviceMessage) => void, message: DeviceMessage): Error | null {
  try {
    tell(message);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Untrusted: payload of a device. What is not JSON is handed on as null, which no schema takes. */
function readJson(payload: string | Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    // The listener refuses null and records who sent it: nothing is hidden here.
    return null;
  }
}

/** Connections are the truth about `online`; the last will serves brokers of other makers. */
function trackConnections(
  broker: Aedes,
  tell: (message: DeviceMessage) => void,
  options: MqttBrokerOptions,
): Map<string, Client> {
  const online = new Map<string, Client>();
  broker.on('clientReady', (client) => {
    online.set(client.id, client);
    report(options, client.id, hand(tell, { leaf: 'online', device: client.id, online: true }));
  });
  broker.on('clientDisconnect', (client) => {
    if (online.get(client.id) !== client) return;
    online.delete(client.id);
    report(options, client.id, hand(tell, { leaf: 'online', device: client.id, online: false }));
  });
  broker.on('clientError', (client, error) => options.onError?.(client.id, error));
  broker.on('connectionError', (_client, error) => options.onError?.(null, error));
  return online;
}

function report(options: MqttBrokerOptions, device: string, error: Error | null): void {
  if (error !== null) options.onError?.(device, error);
}

function deviceBus(
  broker: Aedes,
  at: { site: string; listeners: Set<(message: DeviceMessage) => void>; online: Map<string, Client> },
): DeviceBus {
  const publish = (device: string, leaf: 'desired' | 'request', envelope: DsseEnvelope): Promise<void> =>
    new Promise((resolve, reject) => {
      const payload = Buffer.from(JSON.stringify(envelope));
      broker.publish(
        {
          cmd: 'publish',
          topic: topicOf(at.site, device, leaf),
          payload,
          qos: 1,
          retain: leaf === 'desired',
          dup: false,
        },
        (error) => {
          if (!(error instanceof Error)) resolve();
          else
            reject(
              new AppError(
                'DEVICE_UNREACHABLE',
                `the broker did not take the ${leaf} document of ${device}`,
                { device },
                { cause: error },
              ),
            );
        },
      );
    });
  return {
    publishDesired: (device, envelope) => publish(device, 'desired', envelope),
    publishRequest: (device, envelope) => publish(device, 'request', envelope),
    onMessage: (listener) => {
      at.listeners.add(listener);
      return () => {
        at.listeners.delete(listener);
      };
    },
    disconnect: (device) => {
      at.online.get(device)?.close();
    },
  };
}

function listen(server: Server, { host, port }: MqttBrokerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AppError(
          'DEVICE_PORT_UNAVAILABLE',
          `the broker cannot listen on ${host}:${String(port)}`,
          { host, port },
          { cause },
        ),
      );
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function closeAll(broker: Aedes, server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  await new Promise<void>((resolve) => {
    broker.close(resolve);
  });
  // Connections that never became clients would keep the server open until their timeout.
  for (const socket of sockets) socket.destroy();
  await closed;
}
