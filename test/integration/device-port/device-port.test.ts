import { mkdtemp, rm } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EnrolmentResponse, SampleUpload } from '#contracts/device.ts';
import { AppError } from '#core/base/index.ts';
import type { Refusal } from '#core/fleet/ports.ts';
import { systemClock } from '#native/clock/index.ts';
import { startDevicePort, type DevicePort } from '#native/device-port/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { openOrCreateSiteCa } from '#native/pki/index.ts';
import { createDeviceRequest } from '#test/support/device-request.ts';
import { createMirrorCatalogue } from '#station/mirror/create-mirror-catalogue.ts';
import { acceptedBundles, aSmallBundle, putBundle } from '#test/support/small-bundle.ts';
import { clockAt, createSitePki, type DeviceCredentials, type SitePki } from '#test/support/site-pki.ts';

const DAY_MS = 86_400_000;
const bundle = aSmallBundle();
const refusedCode = (): Promise<EnrolmentResponse> =>
  Promise.reject(new AppError('ENROLMENT_CODE_INVALID', 'the enrolment code is unknown, used or expired'));

let dir: string;
let pki: SitePki;
let otherPki: SitePki;
let port: DevicePort;
let device: DeviceCredentials;
let admitted: Map<string, string>;
let refusals: Refusal[];
let metrics: { device: string; contentType: string; body: Uint8Array }[];
let samples: SampleUpload[];

beforeAll(async () => {
  [pki, otherPki] = await Promise.all([createSitePki(), createSitePki()]);
  dir = await mkdtemp(join(tmpdir(), 'gantry-port-'));
  device = await pki.device('cam-1');
});
afterAll(async () => {
  await Promise.all([pki.remove(), otherPki.remove(), rm(dir, { recursive: true })]);
});

beforeEach(async () => {
  admitted = new Map([['cam-1', device.issued.fingerprint]]);
  refusals = [];
  metrics = [];
  samples = [];
  const blobs = await folderBlobStore(dir);
  await putBundle(blobs, bundle);
  port = await startDevicePort({
    host: '127.0.0.1',
    port: 0,
    credentials: pki.server,
    site: 'plant',
    clock: systemClock,
    gate: {
      admits: (identity) => admitted.get(identity.device) === identity.fingerprint,
      refused: (refusal) => refusals.push(refusal),
    },
    catalogue: createMirrorCatalogue({ bundles: acceptedBundles([bundle]), blobs, clock: systemClock }),
    blobs,
    enrol: refusedCode,
    receiveMetrics: (id, contentType, body) => Promise.resolve(void metrics.push({ device: id, contentType, body })),
    receiveSample: (upload) => Promise.resolve(void samples.push(upload)),
  });
  return () => port.close();
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

const credentials = (of: Pick<DeviceCredentials, 'certificatePem' | 'privateKeyPem'>): RequestOptions => ({
  cert: of.certificatePem,
  key: of.privateKeyPem,
});

function ask(
  path: string,
  tls: RequestOptions = credentials(device),
  body?: { content: string | Uint8Array; headers?: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: port.port,
        path,
        agent: false,
        ca: pki.server.caPem,
        method: body === undefined ? 'GET' : 'POST',
        headers: body?.headers ?? {},
        ...tls,
      },
      (response) => {
        let text = '';
        response.on('data', (block: Buffer) => (text += block.toString('utf8')));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body?.content);
  });
}

const json = (content: unknown): { content: string; headers: Record<string, string> } => ({
  content: JSON.stringify(content),
  headers: { 'Content-Type': 'application/json' },
});
const errorOf = async (work: Promise<unknown>): Promise<Error | undefined> =>
  await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
const PULL = `/v2/plant/defects/blobs/${bundle.weights}`;
const ENROL = '/gantry/v1/enrol';
const anEnrolment = json({ v: 1, code: 'aaaa-bbbb-cccc-dddd', csrPem: 'x', hostname: 'h', agentVersion: '1' });
const aSample = (of: string): SampleUpload => ({
  v: 1,
  device: of,
  sampleId: 's1',
  takenAt: 1,
  model: { repository: 'plant/defects', version: '1.0.0', bundleDigest: bundle.digest, variantDigest: bundle.manifest },
  reason: 'low-confidence',
  score: 0.5,
  content: { kind: 'features', names: ['x'], values: [1] },
  outputs: [],
});

describe('device port', () => {
  describe('when an enrolled device asks', () => {
    it('serves the mirror', async () => {
      const answer = await ask(PULL);

      expect(answer.status).toBe(200);
      expect(refusals).toEqual([]);
    });

    it('hands its metrics on under the name in the certificate', async () => {
      const answer = await ask('/v1/metrics', credentials(device), {
        content: gzipSync('otlp'),
        headers: { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'gzip' },
      });

      expect(answer).toEqual({ status: 200, body: '' });
      expect(
        metrics.map(({ device: from, contentType, body }) => [from, contentType, Buffer.from(body).toString()]),
      ).toEqual([['cam-1', 'application/x-protobuf', 'otlp']]);
    });

    it('hands a sample on', async () => {
      expect((await ask('/gantry/v1/samples', credentials(device), json(aSample('cam-1')))).status).toBe(200);
      expect(samples).toEqual([aSample('cam-1')]);
    });

    it('refuses a sample in the name of another device', async () => {
      const answer = await ask('/gantry/v1/samples', credentials(device), json(aSample('cam-2')));

      expect([answer.status, samples]).toEqual([403, []]);
      expect(answer.body).toContain('NOT_PERMITTED');
    });

    it.each([
      ['malformed JSON', { content: '{' }, 400],
      ['a sample without its fields', json({ v: 1 }), 400],
    ])('refuses %s', async (_name, body, status) => {
      expect((await ask('/gantry/v1/samples', credentials(device), body)).status).toBe(status);
      expect(samples).toEqual([]);
    });

    it('refuses a body that unpacks to more than its limit', async () => {
      const bomb = {
        content: gzipSync(Buffer.alloc(5 * 1024 * 1024)),
        headers: { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'gzip' },
      };

      expect((await ask('/v1/metrics', credentials(device), bomb)).status).toBe(413);
      expect(metrics).toEqual([]);
    });

    it('knows no other path', async () => {
      expect((await ask('/')).status).toBe(404);
      expect((await ask('/v1/metrics')).status).toBe(404);
    });

    it('writes nothing for it', async () => {
      expect((await ask('/v2/plant/defects/manifests/1.0.0', credentials(device), { content: 'x' })).status).toBe(405);
    });
  });

  describe('when the certificate does not hold', () => {
    it.each(['/v2/', PULL, '/v1/metrics', '/gantry/v1/samples', '/', '/gantry/v1/enrol/', '/gantry/v1/../v1/enrol'])(
      'serves nothing at %s without one',
      async (path) => {
        const answer = await ask(path, {});

        expect(answer.status).toBe(401);
        expect(refusals).toEqual([{ device: null, via: 'https', why: 'no-certificate' }]);
      },
    );

    it('answers registry clients in their own form', async () => {
      expect(JSON.parse((await ask('/v2/', {})).body)).toMatchObject({ errors: [{ code: 'UNAUTHORIZED' }] });
    });

    it('refuses a certificate of another CA, even with the same names', async () => {
      const answer = await errorOrStatus(ask(PULL, credentials(await otherPki.device('cam-1'))));

      expect(answer).not.toBe(200);
      expect(refusals.map(({ why }) => why)).toEqual(['certificate-not-verified']);
    });

    it('refuses an expired certificate', async () => {
      const past = await openOrCreateSiteCa(
        { dir: pki.dir, passphrase: null, clock: clockAt(Date.now() - 200 * DAY_MS) },
        { id: 'plant', name: 'x' },
      );
      const own = await createDeviceRequest('x');
      const issued = await past.signDevice({ csrPem: own.csrPem, site: 'plant', device: 'cam-1' });
      admitted.set('cam-1', issued.fingerprint);

      expect(await errorOrStatus(ask(PULL, { cert: issued.certificatePem, key: own.privateKeyPem }))).not.toBe(200);
      expect(refusals.map(({ why }) => why)).toEqual(['certificate-not-verified']);
    });

    it('refuses a revoked device, also on a connection that is open', async () => {
      const socket = tlsConnect({
        host: '127.0.0.1',
        port: port.port,
        ca: pki.server.caPem,
        cert: device.certificatePem,
        key: device.privateKeyPem,
      });
      const status = (): Promise<string> =>
        new Promise((resolve) => {
          socket.once('data', (bytes: Buffer) => {
            resolve(bytes.toString('latin1').slice(9, 12));
          });
          socket.write('HEAD /v2/ HTTP/1.1\r\nHost: x\r\n\r\n');
        });

      expect(await status()).toBe('200');
      admitted.delete('cam-1');

      expect(await status()).toBe('401');
      socket.destroy();
      expect(refusals).toEqual([{ device: 'cam-1', via: 'https', why: 'not-admitted' }]);
    });

    it('refuses a device of another site of the same CA', async () => {
      const elsewhere = await pki.device('cam-1', 'elsewhere');
      admitted.set('cam-1', elsewhere.issued.fingerprint);

      expect((await ask(PULL, credentials(elsewhere))).status).toBe(401);
      expect(refusals.map(({ why }) => why)).toEqual(['other-site']);
    });

    it('refuses the server certificate itself as a client', async () => {
      expect(
        await errorOrStatus(ask(PULL, { cert: pki.server.certificatePem, key: pki.server.privateKeyPem })),
      ).not.toBe(200);
    });

    it('refuses TLS 1.1', async () => {
      expect(
        (
          await errorOf(
            ask(PULL, {
              ...credentials(device),
              minVersion: 'TLSv1.1',
              maxVersion: 'TLSv1.1',
              ciphers: 'DEFAULT@SECLEVEL=0',
            }),
          )
        )?.message,
      ).toMatch(/protocol|version/i);
    });
  });

  describe('when a device judges the station', () => {
    it('refuses a station of another CA', async () => {
      // `ca` replaces every other root, also those of NODE_EXTRA_CA_CERTS.
      expect((await errorOf(ask(PULL, { ...credentials(device), ca: otherPki.server.caPem })))?.message).toMatch(
        /certificate|signature/i,
      );
    });

    it('refuses a station under a name that its certificate does not carry', async () => {
      expect((await errorOf(ask(PULL, { ...credentials(device), servername: 'station.elsewhere' })))?.message).toMatch(
        /altnames/i,
      );
    });

    it('sees the site CA in the handshake, so that it can compare it with its enrolment code', async () => {
      const fingerprint = await new Promise<string>((resolve, reject) => {
        const socket = tlsConnect({ host: '127.0.0.1', port: port.port, rejectUnauthorized: false }, () => {
          const issuer = socket.getPeerCertificate(true).issuerCertificate;
          socket.destroy();
          resolve(issuer.fingerprint256.replaceAll(':', '').toLowerCase());
        });
        socket.once('error', reject);
      });

      expect(fingerprint).toBe(pki.ca.fingerprint);
    });
  });

  describe('enrolment', () => {
    it('needs no certificate and answers a wrong code with 403', async () => {
      const answer = await ask(ENROL, {}, anEnrolment);

      expect(answer.status).toBe(403);
      expect(answer.body).toContain('ENROLMENT_CODE_INVALID');
      expect(refusals).toEqual([]);
    });

    it.each([
      ['GET', undefined, 405],
      ['a body of another form', json({ v: 2 }), 400],
      ['a body above its limit', { content: 'x'.repeat(20_000) }, 413],
    ])('refuses %s', async (_name, body, status) => {
      expect(await errorOrStatus(ask(ENROL, {}, body))).toBe(status);
    });

    it('lets an address try ten times a minute', async () => {
      const statuses: number[] = [];
      for (let turn = 0; turn < 12; turn += 1) statuses.push((await ask(ENROL, {}, anEnrolment)).status);

      expect(statuses).toEqual([...new Array<number>(10).fill(403), 429, 429]);
    });
  });
});

async function errorOrStatus(work: Promise<Answer>): Promise<number | string> {
  return await work.then(
    ({ status }) => status,
    (error: unknown) => String(error),
  );
}
