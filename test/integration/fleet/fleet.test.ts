import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DesiredDocument, PAYLOAD_TYPES } from '#contracts/device.ts';
import { TRUSTS_NOBODY, VerificationPolicy } from '#contracts/verdict.ts';
import { openDocument, sealDocument } from '#core/signing/index.ts';
import { nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import type { DesiredChange, DeviceNews } from '#station/fleet/service.ts';
import {
  aReport,
  aSiteKey,
  codeOf,
  enrolDevice,
  handClock,
  OLGA,
  openFleetRig,
  shortBus,
  until,
  type FleetRig,
  type HandClock,
  type ShortBus,
} from '#test/support/fleet-rig.ts';
import { createDeviceRequest } from '#test/support/device-request.ts';
import { createSitePki, type SitePki } from '#test/support/site-pki.ts';

const siteKey = aSiteKey();
const CODE = { name: 'Camera 1', line: 'Line 4', cell: 'A', redundancyGroup: null, safety: false, validMinutes: 30 };
const CHANGE: DesiredChange = {
  model: null,
  phase: 'stage',
  rolloutId: null,
  ticket: 'CHG-1',
  watchdog: { windowSeconds: 60, maxErrorRate: 0, maxP99Ms: 10, maxDoubtfulShare: 1, maxRestarts: 0, minRequests: 0 },
};

let pki: SitePki;
let clock: HandClock;
let bus: ShortBus;
let rig: FleetRig;
let count = 0;
let database: string;

beforeAll(async () => {
  pki = await createSitePki();
});
afterAll(() => pki.remove());

beforeEach(() => {
  count += 1;
  database = `station-${String(count)}.db`;
  clock = handClock();
  bus = shortBus();
  rig = openFleetRig({ pki, database, bus, clock, siteKey });
  return async () => {
    await rig.fleet.stop();
    rig.store.close();
  };
});

const reopen = async (): Promise<void> => {
  await rig.fleet.stop();
  rig.store.close();
  bus = shortBus();
  rig = openFleetRig({ pki, database, bus, clock, siteKey });
};
const enrolWith = async (code: string): Promise<unknown> =>
  await rig.fleet.enrol({
    v: 1,
    code,
    csrPem: (await createDeviceRequest('h')).csrPem,
    hostname: 'h',
    agentVersion: '1',
  });
const openDesired = (envelope: unknown): DesiredDocument =>
  openDocument(envelope, {
    payloadType: PAYLOAD_TYPES.desired,
    schema: DesiredDocument,
    publicKeyPem: siteKey.publicKeyPem,
    verifier: nodeSignatureVerifier,
  });

describe('enrolment', () => {
  describe('when a device presents a fresh code', () => {
    it('gets a certificate for the id that the station chose, and all it must pin', async () => {
      const device = await enrolDevice(rig.fleet, { clock });

      expect(device.id).toBe('camera-1');
      expect(new X509Certificate(device.response.certificatePem).subjectAltName).toBe('URI:urn:gantry:plant:camera-1');
      expect(device.response).toMatchObject({
        site: 'plant',
        caPem: pki.ca.certificatePem,
        siteKeyPem: siteKey.publicKeyPem,
        mqttUrl: 'mqtts://station:8883',
      });
      expect(rig.fleet.list()).toMatchObject([
        { id: 'camera-1', name: 'Camera 1', line: 'Line 4', online: false, ne107: 'unknown', desiredGeneration: 0 },
      ]);
      expect(rig.types()).toEqual(['device.code-created', 'device.enrolled']);
    });

    it('puts half the CA fingerprint into the code, and no part of its secret into the database', () => {
      const view = rig.fleet.createCode(CODE, OLGA);
      const [secret = '', fingerprint = ''] = view.code.split('.');

      expect(pki.ca.fingerprint.startsWith(fingerprint)).toBe(true);
      expect(view.command).toContain(view.code);
      const kept = JSON.stringify(rig.store.events.read(0, 100));
      expect(kept.includes(secret) || kept.includes(secret.replaceAll('-', ''))).toBe(false);
    });

    it('never gives an id twice', async () => {
      await enrolDevice(rig.fleet, { clock });

      expect((await enrolDevice(rig.fleet, { clock })).id).toBe('camera-1-2');
    });
  });

  describe('when a code must not work', () => {
    it('refuses a replay, adds no device and records it', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);
      await enrolWith(code);

      expect(await codeOf(enrolWith(code))).toBe('ENROLMENT_CODE_INVALID');
      expect(rig.fleet.list()).toHaveLength(1);
      const last = rig.store.events.read(0, 100).at(-1);
      expect([last?.type, last?.payload]).toEqual(['device.enrolment-refused', { why: 'used', hostname: 'h' }]);
    });

    it('refuses a replay after a restart', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);
      await enrolWith(code);
      await reopen();

      expect(await codeOf(enrolWith(code))).toBe('ENROLMENT_CODE_INVALID');
      expect(rig.fleet.list()).toHaveLength(1);
    });

    it('lets only one of two requests at the same moment win', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);

      const results = await Promise.all([codeOf(enrolWith(code)), codeOf(enrolWith(code)), codeOf(enrolWith(code))]);

      expect(results.filter((result) => result === undefined)).toHaveLength(1);
      expect(rig.fleet.list()).toHaveLength(1);
    });

    it('refuses an expired code', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);
      clock.advance(30 * 60_000);

      expect(await codeOf(enrolWith(code))).toBe('ENROLMENT_CODE_INVALID');
    });

    it('keeps the code usable after a malformed certificate request', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);

      expect(await codeOf(rig.fleet.enrol({ v: 1, code, csrPem: 'nonsense', hostname: 'h', agentVersion: '1' }))).toBe(
        'ENROLMENT_REQUEST_INVALID',
      );
      expect(await codeOf(enrolWith(code))).toBeUndefined();
    });

    it('closes for a minute after twenty wrong codes, also for the right one, and does not fill the log', async () => {
      const { code } = rig.fleet.createCode(CODE, OLGA);
      for (let turn = 0; turn < 40; turn += 1)
        expect(await codeOf(enrolWith(`aaaa-bbbb-cccc-${String(1000 + turn)}`))).toBe('ENROLMENT_CODE_INVALID');

      expect(await codeOf(enrolWith(code))).toBe('ENROLMENT_CODE_INVALID');
      expect(rig.types().filter((type) => type.startsWith('device.enrolment'))).toHaveLength(20);
      expect(rig.types().at(-1)).toBe('device.enrolment-blocked');
      clock.advance(60_001);
      expect(await codeOf(enrolWith(code))).toBeUndefined();
    });
  });
});

describe('revocation', () => {
  it('ends the connection, admits the certificate no more and publishes a list', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const { certificate } = rig.fleet.get(device.id);
    const identity = {
      site: 'plant',
      device: device.id,
      serial: certificate.serial,
      fingerprint: certificate.fingerprint,
      notAfter: certificate.notAfter,
    };
    expect(rig.fleet.gate.admits(identity)).toBe(true);
    expect(rig.fleet.gate.admits({ ...identity, fingerprint: 'other' })).toBe(false);

    await rig.fleet.revoke(device.id, 'stolen', OLGA);

    expect(rig.fleet.gate.admits(identity)).toBe(false);
    expect(bus.disconnected).toEqual([device.id]);
    expect(rig.fleet.list()).toEqual([]);
    expect(rig.revocationLists.join()).toContain('BEGIN X509 CRL');
    expect(rig.store.events.read(0, 100).at(-1)).toMatchObject({
      type: 'device.revoked',
      subject: device.id,
      actor: { kind: 'person', id: 'olga' },
      payload: { reason: 'stolen' },
    });
    await reopen();
    expect(rig.fleet.gate.admits(identity)).toBe(false);
  });

  it('drops what a revoked device still says', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    await rig.fleet.revoke(device.id, 'stolen', OLGA);
    const before = rig.types().length;

    bus.say({ leaf: 'event', device: device.id, envelope: await device.event({ sequence: 0 }) });

    expect(rig.types()).toHaveLength(before);
  });
});

describe('desired documents', () => {
  it('rise in generation, are signed by the site and durable', async () => {
    const { id } = await enrolDevice(rig.fleet, { clock });

    expect(
      await Promise.all([
        rig.fleet.desire(id, CHANGE),
        rig.fleet.desire(id, CHANGE),
        rig.fleet.desire(id, { ...CHANGE, phase: 'activate' }),
      ]),
    ).toEqual([1, 2, 3]);

    const published = (bus.desired.get(id) ?? []).map(openDesired);
    expect(published.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(published.at(-1)).toMatchObject({
      site: 'plant',
      device: id,
      phase: 'activate',
      mirror: { url: 'https://station:8443' },
    });
    await reopen();
    expect(rig.fleet.get(id).desiredGeneration).toBe(3);
  });

  it('are published again when the station starts, because the broker forgot them', async () => {
    const { id } = await enrolDevice(rig.fleet, { clock });
    await rig.fleet.desire(id, CHANGE);
    const before = bus.desired.get(id)?.at(-1);
    await reopen();

    rig.fleet.start();

    await until(() => bus.desired.has(id));
    expect(bus.desired.get(id)).toEqual([before]);
  });

  it('are sealed again with the same generation before they expire', async () => {
    const { id } = await enrolDevice(rig.fleet, { clock });
    await rig.fleet.desire(id, CHANGE);
    rig.fleet.start();
    await until(() => bus.desired.get(id)?.length === 2);

    clock.advance(16 * 86_400_000);

    await until(() => bus.desired.get(id)?.length === 3);
    const renewed = openDesired(bus.desired.get(id)?.at(-1));
    expect([renewed.generation, renewed.issuedAt]).toEqual([1, clock.now()]);
  });

  it('rise above what the device has seen, after the station was restored from an old copy', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    bus.say({ leaf: 'reported', device: device.id, envelope: await device.reported({ generation: 41 }) });

    expect(await rig.fleet.desire(device.id, CHANGE)).toBe(42);
  });

  it('carry the trust of the site, and are sealed again at once when it changed', async () => {
    await rig.fleet.stop();
    rig.store.close();
    let trustVersion = 4;
    const policy = VerificationPolicy.parse({ v: 1, version: 2, channels: { staging: {}, production: {} } });
    const deviceTrust = () => ({
      trustVersion,
      policyVersion: 2,
      timeFloor: 7,
      timeResets: 0,
      trust: TRUSTS_NOBODY,
      policy,
    });
    rig = openFleetRig({ pki, database, bus, clock, siteKey, deviceTrust });
    const { id } = await enrolDevice(rig.fleet, { clock });
    await rig.fleet.desire(id, CHANGE);
    rig.fleet.start();
    await until(() => bus.desired.get(id)?.length === 2);

    trustVersion = 5;
    rig.store.events.append({
      actor: { kind: 'person', id: 'eva', name: 'Eva' },
      stream: 'trust',
      type: 'trust.key-removed',
      subject: 'key',
      payload: {},
    });

    await until(() => bus.desired.get(id)?.length === 3);
    const sealed = (bus.desired.get(id) ?? []).map(openDesired);
    expect(sealed.map(({ generation, trust }) => [generation, trust?.trustVersion])).toEqual([
      [1, 4],
      [1, 4],
      [1, 5],
    ]);
    expect(sealed[2]?.trust).toMatchObject({ timeFloor: 7, policy: { version: 2 } });
  });

  it('refuse an unknown device', async () => {
    expect(await codeOf(rig.fleet.desire('nobody', CHANGE))).toBe('DEVICE_UNKNOWN');
  });
});

describe('news from devices', () => {
  let news: DeviceNews[];
  const listen = (): void => {
    news = [];
    rig.fleet.onNews((each) => news.push(each));
  };

  it('is told once, however often it is delivered, also across a restart', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    listen();
    const envelope = await device.event({ sequence: 5 });

    bus.say({ leaf: 'event', device: device.id, envelope });
    bus.say({ leaf: 'event', device: device.id, envelope });
    bus.say({ leaf: 'event', device: device.id, envelope: await device.event({ sequence: 4 }) });
    const first = news;
    await reopen();
    listen();
    bus.say({ leaf: 'event', device: device.id, envelope });

    expect(first.map((each) => (each.kind === 'event' ? each.document.sequence : each.kind))).toEqual([5, 4]);
    expect(news).toEqual([]);
  });

  it('is durable before it is told', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const seen: (string | undefined)[] = [];
    rig.fleet.onNews(() => seen.push(rig.store.events.read(0, 100).at(-1)?.type));

    bus.say({ leaf: 'event', device: device.id, envelope: await device.event({ sequence: 0 }) });

    expect(seen).toEqual(['device.started']);
  });

  it('keeps the newest report and its clock offset, and drops older ones', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    listen();
    const old = await device.reported({ sequence: 1, generation: 1 });

    bus.say({
      leaf: 'reported',
      device: device.id,
      envelope: await device.reported({ sequence: 2, generation: 2, state: 'soaking', at: clock.now() + 90_000 }),
    });
    bus.say({ leaf: 'reported', device: device.id, envelope: old });

    expect(rig.fleet.get(device.id)).toMatchObject({
      reported: { sequence: 2, state: 'soaking' },
      ne107: 'C',
      clockOffsetMs: 90_000,
    });
    expect(news).toHaveLength(1);
  });

  it('is refused and recorded once when it is not signed by the device', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const other = await enrolDevice(rig.fleet, { clock, name: 'Camera 2' });
    listen();
    const forged = await sealDocument(
      PAYLOAD_TYPES.reported,
      aReport({ site: 'plant', device: device.id }),
      signingKeyFromPem(other.privateKeyPem),
    );

    for (let turn = 0; turn < 3; turn += 1) bus.say({ leaf: 'reported', device: device.id, envelope: forged });
    bus.say({ leaf: 'reported', device: device.id, envelope: null });
    bus.say({ leaf: 'reported', device: device.id, envelope: await other.reported() });

    expect(news).toEqual([]);
    expect(rig.fleet.get(device.id).reported).toBeNull();
    const refused = rig.store.events
      .read(0, 100, { type: 'device.document-refused' })
      .map(({ payload }) => payload['why']);
    expect(refused).toEqual(['DOCUMENT_SIGNATURE_INVALID', 'INPUT_MALFORMED']);
  });

  it('is refused when the device signs for another device or site', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    listen();

    bus.say({ leaf: 'reported', device: device.id, envelope: await device.reported({ device: 'camera-9' }) });
    bus.say({ leaf: 'event', device: device.id, envelope: await device.event({ sequence: 0, site: 'elsewhere' }) });

    expect(news).toEqual([]);
    expect(rig.types()).toContain('device.document-refused');
  });

  it('survives a listener that fails', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    rig.fleet.onNews(() => {
      throw new Error('broken listener');
    });
    listen();

    bus.say({ leaf: 'online', device: device.id, online: true });

    expect(news).toEqual([{ kind: 'online', device: device.id, online: true }]);
    expect(rig.fleet.get(device.id).online).toBe(true);
    expect(rig.errors).toHaveLength(1);
  });
});
