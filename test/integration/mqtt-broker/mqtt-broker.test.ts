import { connect as tlsConnect } from 'node:tls';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DsseEnvelope } from '#contracts/device.ts';
import type { DeviceMessage } from '#core/device/ports.ts';
import type { PeerIdentity, Refusal } from '#core/fleet/ports.ts';
import { systemClock } from '#native/clock/index.ts';
import { startMqttBroker, type MqttBroker } from '#native/mqtt-broker/index.ts';
import { openOrCreateSiteCa } from '#native/pki/index.ts';
import { createDeviceRequest } from '#test/support/device-request.ts';
import { clockAt, createSitePki, type DeviceCredentials, type SitePki } from '#test/support/site-pki.ts';

const DAY_MS = 86_400_000;
/** Long enough for a message on loopback; used where the fact is that nothing arrives. */
const QUIET_MS = 150;

let pki: SitePki;
let otherPki: SitePki;
let broker: MqttBroker;
let enrolled: Map<string, string>;
let refusals: Refusal[];
let messages: DeviceMessage[];
let failNext = 0;
const clients: MqttClient[] = [];

beforeAll(async () => {
  [pki, otherPki] = await Promise.all([createSitePki(), createSitePki()]);
});
afterAll(() => Promise.all([pki.remove(), otherPki.remove()]));

beforeEach(async () => {
  enrolled = new Map();
  refusals = [];
  messages = [];
  failNext = 0;
  broker = await startMqttBroker({
    host: '127.0.0.1',
    port: 0,
    credentials: pki.server,
    site: 'plant',
    clock: systemClock,
    gate: {
      admits: (identity: PeerIdentity) => enrolled.get(identity.device) === identity.fingerprint,
      refused: (refusal) => refusals.push(refusal),
    },
  });
  broker.bus.onMessage((message) => {
    if (failNext > 0 && message.leaf !== 'online') {
      failNext -= 1;
      throw new Error('disk full');
    }
    messages.push(message);
  });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await broker.close();
});

async function enrol(id: string): Promise<DeviceCredentials> {
  const device = await pki.device(id);
  enrolled.set(id, device.issued.fingerprint);
  return device;
}

async function connect(
  device: Pick<DeviceCredentials, 'id' | 'certificatePem' | 'privateKeyPem'> | null,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const credentials =
    device === null ? {} : { cert: device.certificatePem, key: device.privateKeyPem, clientId: device.id };
  // Without `false` the library connects again and again instead of failing.
  const client = await connectAsync(
    `mqtts://127.0.0.1:${String(broker.port)}`,
    { ca: pki.server.caPem, reconnectPeriod: 0, connectTimeout: 3000, ...credentials, ...options },
    false,
  );
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

const errorOf = async (work: Promise<unknown>): Promise<Error | undefined> =>
  await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
const quiet = (): Promise<void> => systemClock.sleep(QUIET_MS);
const topic = (device: string, leaf: string): string => `gantry/v1/plant/${device}/${leaf}`;
const anEnvelope = (text: string): DsseEnvelope => ({
  payloadType: 'x',
  payload: Buffer.from(text).toString('base64'),
  signatures: [{ keyid: 'k', sig: 'AA==' }],
});
const received = (client: MqttClient): string[] => {
  const seen: string[] = [];
  client.on('message', (_topic, payload) => seen.push(payload.toString()));
  return seen;
};
const until = async (isTrue: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 200 && !isTrue(); turn += 1) await systemClock.sleep(10);
  expect(isTrue()).toBe(true);
};

describe('MQTT broker', () => {
  describe('when an enrolled device connects', () => {
    it('hands its messages to the station and shows it online', async () => {
      const client = await connect(await enrol('cam-1'));

      await client.publishAsync(topic('cam-1', 'event'), JSON.stringify(anEnvelope('hello')), { qos: 1 });

      expect(messages).toEqual([
        { leaf: 'online', device: 'cam-1', online: true },
        { leaf: 'event', device: 'cam-1', envelope: anEnvelope('hello') },
      ]);
      await client.endAsync(true);
      await until(() => messages.some((message) => message.leaf === 'online' && !message.online));
    });

    it('gives it the retained desired document, also when it comes a week later', async () => {
      const device = await enrol('cam-1');
      await broker.bus.publishDesired('cam-1', anEnvelope('old'));
      await broker.bus.publishDesired('cam-1', anEnvelope('new'));

      const client = await connect(device);
      const seen = received(client);
      await client.subscribeAsync(topic('cam-1', 'desired'), { qos: 1 });

      await until(() => seen.length > 0);
      expect(seen).toEqual([JSON.stringify(anEnvelope('new'))]);
    });

    it('hands a payload that is not JSON on as nothing, and stays up', async () => {
      const client = await connect(await enrol('cam-1'));

      await client.publishAsync(topic('cam-1', 'event'), Buffer.from([0xff, 0x00]), { qos: 1 });

      expect(messages.at(-1)).toEqual({ leaf: 'event', device: 'cam-1', envelope: null });
    });

    it('ends its connection on request', async () => {
      const client = await connect(await enrol('cam-1'));
      enrolled.delete('cam-1');

      broker.bus.disconnect('cam-1');

      await until(() => !client.connected);
      expect(broker.connectedDevices()).toEqual([]);
    });
  });

  describe('when the certificate does not hold', () => {
    it('refuses a client without a certificate', async () => {
      expect(await errorOf(connect(null, { clientId: 'cam-1' }))).toBeDefined();
      expect(messages).toEqual([]);
    });

    it('refuses a certificate of another CA, even with the same names', async () => {
      await enrol('cam-1');

      expect(await errorOf(connect(await otherPki.device('cam-1')))).toBeDefined();
      expect(messages).toEqual([]);
    });

    it('refuses an expired certificate', async () => {
      const past = await openOrCreateSiteCa(
        { dir: pki.dir, passphrase: null, clock: clockAt(Date.now() - 200 * DAY_MS) },
        { id: 'plant', name: 'x' },
      );
      const request = await createDeviceRequest('x');
      const issued = await past.signDevice({ csrPem: request.csrPem, site: 'plant', device: 'cam-1' });
      enrolled.set('cam-1', issued.fingerprint);

      expect(
        await errorOf(
          connect({ id: 'cam-1', certificatePem: issued.certificatePem, privateKeyPem: request.privateKeyPem }),
        ),
      ).toBeDefined();
      expect(messages).toEqual([]);
    });

    it('refuses a revoked device with the code for not authorised', async () => {
      const device = await enrol('cam-1');
      enrolled.delete('cam-1');

      expect((await errorOf(connect(device)))?.message).toContain('Not authorized');
      expect(refusals).toEqual([{ device: 'cam-1', via: 'mqtt', why: 'not-admitted' }]);
    });

    it('refuses a certificate of another site of the same CA', async () => {
      const device = await pki.device('cam-1', 'elsewhere');
      enrolled.set('cam-1', device.issued.fingerprint);

      expect(await errorOf(connect(device))).toBeDefined();
      expect(refusals.map(({ why }) => why)).toEqual(['other-site']);
    });

    it('refuses the server certificate itself as a client', async () => {
      expect(
        await errorOf(
          connect({
            id: 'localhost',
            certificatePem: pki.server.certificatePem,
            privateKeyPem: pki.server.privateKeyPem,
          }),
        ),
      ).toBeDefined();
      expect(messages).toEqual([]);
    });

    it('refuses TLS 1.1', async () => {
      const device = await enrol('cam-1');
      const failure = await new Promise<Error | undefined>((resolve) => {
        const socket = tlsConnect({
          host: '127.0.0.1',
          port: broker.port,
          ca: pki.server.caPem,
          cert: device.certificatePem,
          key: device.privateKeyPem,
          minVersion: 'TLSv1.1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        socket.once('secureConnect', () => {
          socket.destroy();
          resolve(undefined);
        });
        socket.once('error', resolve);
      });

      expect(failure?.message).toMatch(/protocol|version/i);
    });
  });

  describe('when a station of another CA answers', () => {
    it('is refused by the device', async () => {
      expect((await errorOf(connect(await enrol('cam-1'), { ca: otherPki.server.caPem })))?.message).toMatch(
        /certificate|signature/i,
      );
    });
  });

  describe('when somebody takes a client id', () => {
    it('keeps the device connected and refuses another certificate', async () => {
      const mine = await connect(await enrol('cam-1'));
      const thief = await enrol('cam-2');

      expect((await errorOf(connect(thief, { clientId: 'cam-1' })))?.message).toContain('Identifier rejected');
      await quiet();
      expect(mine.connected).toBe(true);
      expect(broker.connectedDevices()).toEqual(['cam-1']);
      expect(refusals).toEqual([{ device: 'cam-2', via: 'mqtt', why: 'client-id-differs' }]);
    });

    it('refuses a certificate of the same name that is not the enrolled one', async () => {
      const mine = await connect(await enrol('cam-1'));

      expect(await errorOf(connect(await pki.device('cam-1')))).toBeDefined();
      await quiet();
      expect(mine.connected).toBe(true);
    });

    it('lets the device itself take over its old connection', async () => {
      const device = await enrol('cam-1');
      const first = await connect(device);
      const second = await connect(device);

      await until(() => !first.connected);
      expect(second.connected).toBe(true);
      expect(messages.at(-1)).toEqual({ leaf: 'online', device: 'cam-1', online: true });
    });
  });

  describe('when a device reaches for a foreign topic', () => {
    it.each([
      topic('cam-2', 'event'),
      topic('cam-2', 'reported'),
      topic('cam-1', 'desired'),
      topic('cam-1', 'request'),
      'gantry/v1/other/cam-1/event',
      '$SYS/x',
    ])('publishes nothing under %s', async (foreign) => {
      const client = await connect(await enrol('cam-1'));
      const victim = await connect(await enrol('cam-2'));
      const seen = received(victim);
      await victim.subscribeAsync([topic('cam-2', 'desired'), topic('cam-2', 'request')], { qos: 1 });

      client.publish(foreign, JSON.stringify(anEnvelope('foreign')), { qos: 0, retain: true });

      await quiet();
      expect(seen).toEqual([]);
      expect(messages.filter((message) => message.leaf !== 'online')).toEqual([]);
      expect(broker.connectedDevices()).toEqual(['cam-2']);
      expect(refusals.map(({ why }) => why)).toContain('topic-not-allowed');
    });

    it.each([
      '#',
      '+/+/+/+/+',
      'gantry/v1/plant/+/desired',
      topic('cam-2', 'desired'),
      topic('cam-2', 'request'),
      topic('cam-2', 'event'),
      '$SYS/#',
    ])('receives nothing from %s', async (filter) => {
      const client = await connect(await enrol('cam-1'));
      const other = await connect(await enrol('cam-2'));
      const seen = received(client);

      await errorOf(client.subscribeAsync(filter, { qos: 1 }));
      await broker.bus.publishDesired('cam-2', anEnvelope('secret'));
      await broker.bus.publishRequest('cam-2', anEnvelope('secret'));
      await other.publishAsync(topic('cam-2', 'event'), '{}', { qos: 1 });

      await quiet();
      expect(seen).toEqual([]);
    });

    it('does not send a will for another device', async () => {
      const device = await enrol('cam-1');
      const client = await connect(device, {
        will: { topic: topic('cam-2', 'event'), payload: Buffer.from('{}'), qos: 1, retain: false },
      });

      client.stream.destroy();

      await until(() => broker.connectedDevices().length === 0);
      await quiet();
      expect(messages.filter((message) => message.leaf !== 'online')).toEqual([]);
    });
  });

  describe('when a message is too large', () => {
    it('ends the connection at its header and delivers nothing', async () => {
      const client = await connect(await enrol('cam-1'));

      client.publish(topic('cam-1', 'event'), Buffer.alloc(5 * 1024 * 1024, 0x20), { qos: 0 });

      await until(() => broker.connectedDevices().length === 0);
      expect(messages.filter((message) => message.leaf === 'event')).toEqual([]);
    });
  });

  describe('when the station cannot store a message', () => {
    it('does not acknowledge it, and takes it when it is sent again', async () => {
      const device = await enrol('cam-1');
      failNext = 1;
      const client = await connect(device, { clean: false, reconnectPeriod: 50 });

      // Settles only with the acknowledgement, which comes after the second delivery.
      await client.publishAsync(topic('cam-1', 'event'), JSON.stringify(anEnvelope('kept')), { qos: 1 });

      expect(failNext).toBe(0);
      expect(messages.filter((message) => message.leaf === 'event')).toHaveLength(1);
    });
  });
});
