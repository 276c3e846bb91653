import type { MqttClient } from 'mqtt';
import { topicOf } from '#contracts/device.ts';
import { AppError, KIB, MIB } from '#core/base/index.ts';

export interface DeviceConnectionOptions {
  readonly url: string;
  readonly site: string;
  readonly device: string;
  readonly tls: { readonly caPem: string; readonly certificatePem: string; readonly privateKeyPem: string };
  /** Untrusted: the JSON of a document that the station is said to have sent. */
  readonly onDocument: (leaf: 'desired' | 'request', document: unknown) => void;
  /** Each time the connection is there again. */
  readonly onConnected: () => void;
  readonly onTrouble: (message: string) => void;
}

/** The device's side of the message bus (MQTT 3.1.1, mutual TLS, persistent session, last will `online` = false). */
export interface DeviceConnection {
  readonly connected: boolean;
  /** Resolves when the broker has acknowledged (QoS 1); STATION_UNREACHABLE after the deadline, then the caller tries again. */
  publish(leaf: 'reported' | 'event' | 'response', document: unknown, options?: { retain?: boolean }): Promise<void>;
  close(): Promise<void>;
}

const KEEPALIVE_SECONDS = 20;
const RECONNECT_MS = 1000;
/** mqtt.js never settles a publish on a connection that dropped under it. */
const ACKNOWLEDGE_MS = 8000;
const DOCUMENT_LIMIT_BYTES = 4 * MIB + 64 * KIB;

/** Connects outbound and keeps the connection; an unreachable station is a normal state. The library loads on first use. */
export async function connectDevice(options: DeviceConnectionOptions): Promise<DeviceConnection> {
  const { connect } = await import('mqtt');
  const topic = (leaf: Parameters<typeof topicOf>[2]): string => topicOf(options.site, options.device, leaf);
  const client = connect(options.url, {
    clientId: options.device,
    clean: false,
    protocolVersion: 4,
    keepalive: KEEPALIVE_SECONDS,
    reconnectPeriod: RECONNECT_MS,
    // What was not acknowledged is kept by the outbox on disk, not in the library's memory.
    queueQoSZero: false,
    ca: options.tls.caPem,
    cert: options.tls.certificatePem,
    key: options.tls.privateKeyPem,
    // TLS below 1.2 is refused by Node's own default.
    rejectUnauthorized: true,
    will: { topic: topic('online'), payload: Buffer.from('false'), qos: 1, retain: true },
  });
  client.on('connect', () => {
    client.subscribe([topic('desired'), topic('request')], { qos: 1 }, (error) => {
      if (error !== null) options.onTrouble(`subscription refused: ${error.message}`);
    });
    client.publish(topic('online'), 'true', { qos: 1, retain: true });
    options.onConnected();
  });
  client.on('error', (error) => {
    options.onTrouble(error.message);
  });
  client.on('message', (from, payload) => {
    const leaf = from === topic('desired') ? 'desired' : from === topic('request') ? 'request' : null;
    if (leaf !== null && payload.length <= DOCUMENT_LIMIT_BYTES) options.onDocument(leaf, readJson(payload));
  });
  return {
    get connected() {
      return client.connected;
    },
    publish: (leaf, document, { retain = false } = {}) =>
      publish(client, { topic: topic(leaf), payload: JSON.stringify(document), retain }),
    close: () => closeClient(client, topic('online')),
  };
}

/** What is not JSON becomes null, which no document schema accepts. */
function readJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    // Refused with its own code by whoever opens the envelope.
    return null;
  }
}

function publish(client: MqttClient, message: { topic: string; payload: string; retain: boolean }): Promise<void> {
  if (!client.connected) return Promise.reject(unreachable('not connected'));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unreachable('no acknowledgement'));
    }, ACKNOWLEDGE_MS);
    client.publish(message.topic, message.payload, { qos: 1, retain: message.retain }, (error) => {
      clearTimeout(timer);
      if (error) reject(unreachable(error.message));
      else resolve();
    });
  });
}

function unreachable(why: string): AppError {
  return new AppError('STATION_UNREACHABLE', `the station did not take the message: ${why}`);
}

async function closeClient(client: MqttClient, onlineTopic: string): Promise<void> {
  // A clean goodbye sends no last will, so it is said here.
  if (client.connected)
    await publish(client, { topic: onlineTopic, payload: 'false', retain: true }).catch(() => undefined);
  await client.endAsync(true);
}
