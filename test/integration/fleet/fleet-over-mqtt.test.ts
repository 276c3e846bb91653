import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DesiredDocument, PAYLOAD_TYPES, topicOf } from '#contracts/device.ts';
import { openDocument } from '#core/signing/index.ts';
import { systemClock } from '#native/clock/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { startMqttBroker, type MqttBroker } from '#native/mqtt-broker/index.ts';
import type { Fleet } from '#station/fleet/create-fleet.ts';
import type { DesiredChange } from '#station/fleet/service.ts';
import { aSiteKey, enrolDevice, OLGA, openFleetRig, type FleetRig, type TestDevice } from '#test/support/fleet-rig.ts';
import { createSitePki, type SitePki } from '#test/support/site-pki.ts';

const CHANGE: DesiredChange = {
  model: null,
  phase: 'stage',
  rolloutId: null,
  ticket: null,
  watchdog: { windowSeconds: 60, maxErrorRate: 0, maxP99Ms: 10, maxDoubtfulShare: 1, maxRestarts: 0, minRequests: 0 },
};
const siteKey = aSiteKey();

interface Station {
  readonly rig: FleetRig;
  readonly broker: MqttBroker;
  stop(): Promise<void>;
}

let pki: SitePki;
beforeAll(async () => {
  pki = await createSitePki();
});
afterAll(() => pki.remove());

/** Broker and fleet as a station composes them; the database outlives it, the broker's memory does not. */
async function startStation(database: string): Promise<Station> {
  let fleet: Fleet | null = null;
  const broker = await startMqttBroker({
    host: '127.0.0.1',
    port: 0,
    credentials: pki.server,
    site: 'plant',
    clock: systemClock,
    gate: {
      admits: (identity) => fleet?.gate.admits(identity) ?? false,
      refused: (refusal) => fleet?.gate.refused(refusal),
    },
  });
  const rig = openFleetRig({ pki, database, bus: broker.bus, clock: systemClock, siteKey });
  fleet = rig.fleet;
  fleet.start();
  const stop = async (): Promise<void> => {
    await rig.fleet.stop();
    await broker.close();
    rig.store.close();
  };
  return { rig, broker, stop };
}

async function connect(device: TestDevice, broker: MqttBroker): Promise<MqttClient> {
  const client = await connectAsync(
    `mqtts://127.0.0.1:${String(broker.port)}`,
    {
      ca: device.response.caPem,
      cert: device.response.certificatePem,
      key: device.privateKeyPem,
      clientId: device.id,
      reconnectPeriod: 0,
    },
    false,
  );
  client.on('error', () => undefined);
  return client;
}

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 300 && !isTrue(); turn += 1) await systemClock.sleep(10);
  expect(isTrue()).toBe(true);
};

describe('fleet over the real broker', () => {
  it('gives a device the desired document of a station that restarted meanwhile', async () => {
    const first = await startStation('restart.db');
    const device = await enrolDevice(first.rig.fleet, { clock: systemClock });
    await first.rig.fleet.desire(device.id, CHANGE);
    await first.stop();

    const second = await startStation('restart.db');
    const client = await connect(device, second.broker);
    const seen: unknown[] = [];
    client.on('message', (_topic, payload) => seen.push(JSON.parse(payload.toString())));
    await client.subscribeAsync(topicOf('plant', device.id, 'desired'), { qos: 1 });

    await until(() => seen.length > 0);
    const desired = openDocument(seen[0], {
      payloadType: PAYLOAD_TYPES.desired,
      schema: DesiredDocument,
      publicKeyPem: device.response.siteKeyPem,
      verifier: nodeSignatureVerifier,
    });
    expect([desired.device, desired.generation]).toEqual([device.id, 1]);
    await client.endAsync(true);
    await second.stop();
  });

  it('has what a device said in its log when the device gets the acknowledgement', async () => {
    const station = await startStation('ack.db');
    const device = await enrolDevice(station.rig.fleet, { clock: systemClock });
    const client = await connect(device, station.broker);

    await client.publishAsync(
      topicOf('plant', device.id, 'event'),
      JSON.stringify(await device.event({ sequence: 0 })),
      { qos: 1 },
    );
    expect(station.rig.types().at(-1)).toBe('device.started');
    await client.publishAsync(
      topicOf('plant', device.id, 'reported'),
      JSON.stringify(await device.reported({ sequence: 1, state: 'confirmed' })),
      { qos: 1, retain: true },
    );

    expect(station.rig.fleet.get(device.id)).toMatchObject({ online: true, reported: { state: 'confirmed' } });
    await client.endAsync();
    await until(() => !station.rig.fleet.get(device.id).online);
    await station.stop();
  });

  it('ends the connection of a revoked device at once and lets it in no more', async () => {
    const station = await startStation('revoke.db');
    const device = await enrolDevice(station.rig.fleet, { clock: systemClock });
    const client = await connect(device, station.broker);

    await station.rig.fleet.revoke(device.id, 'stolen', OLGA);

    await until(() => !client.connected);
    await expect(connect(device, station.broker)).rejects.toThrow('Not authorized');
    expect(station.rig.types()).toContain('device.connection-refused');
    await station.stop();
  });
});
