import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { enrol } from '#agent/identity/enrol.ts';
import { systemClock } from '#native/clock/index.ts';
import { startDevicePort, type DevicePort } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { aSiteKey, OLGA, openFleetRig, shortBus, type FleetRig } from '#test/support/fleet-rig.ts';
import { createSitePki, type SitePki } from '#test/support/site-pki.ts';
import { acceptedBundles } from '#test/support/small-bundle.ts';

const CODE = { name: 'Camera 1', line: 'Line 4', cell: 'A', redundancyGroup: null, safety: false, validMinutes: 30 };

let pki: SitePki;
let otherPki: SitePki;
let port: DevicePort;
let rig: FleetRig;

beforeAll(async () => {
  [pki, otherPki] = await Promise.all([createSitePki(), createSitePki()]);
  const endpoints = () => ({ mqttUrl: 'mqtts://127.0.0.1:1', deviceUrl: `https://127.0.0.1:${String(port.port)}` });
  rig = openFleetRig({
    pki,
    database: 'agent.db',
    bus: shortBus(),
    clock: systemClock,
    siteKey: aSiteKey(),
    endpoints,
  });
  const blobs = await folderBlobStore(join(pki.dir, 'store'));
  const unused = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  port = await startDevicePort({
    host: '127.0.0.1',
    port: 0,
    credentials: pki.server,
    site: 'plant',
    clock: systemClock,
    gate: rig.fleet.gate,
    catalogue: createMirrorCatalogue({ bundles: acceptedBundles([]), blobs, clock: systemClock }),
    blobs,
    enrol: rig.fleet.enrol,
    receiveMetrics: unused,
    receiveSample: unused,
  });
});
afterAll(async () => {
  await port.close();
  await rig.fleet.stop();
  rig.store.close();
  await Promise.all([pki.remove(), otherPki.remove()]);
});

const folder = async (name: string): Promise<string> => {
  const dir = join(pki.dir, name);
  await mkdir(dir);
  return dir;
};
const codeOf = async (work: Promise<unknown>): Promise<string | undefined> =>
  await work.then(
    () => undefined,
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

describe('the agent enrols at the device port', () => {
  it('with the printed code, once', async () => {
    const { code, stationUrl } = rig.fleet.createCode(CODE, OLGA);

    const identity = await enrol({ stationUrl, code, directory: await folder('first') });

    expect(identity).toMatchObject({ site: 'plant', device: 'camera-1' });
    expect(await codeOf(enrol({ stationUrl, code, directory: await folder('second') }))).toBe('ENROLMENT_CODE_INVALID');
    expect(rig.fleet.list().map(({ id }) => id)).toEqual(['camera-1']);
  });

  it('and sends nothing to a station whose CA is not the one of its code', async () => {
    const { code, stationUrl } = rig.fleet.createCode(CODE, OLGA);
    const [secret = ''] = code.split('.');
    const before = rig.types().length;

    expect(
      await codeOf(
        enrol({
          stationUrl,
          code: `${secret}.${otherPki.ca.fingerprint.slice(0, 32)}`,
          directory: await folder('third'),
        }),
      ),
    ).toBe('STATION_IDENTITY_WRONG');
    expect(rig.types()).toHaveLength(before);
  });
});
