import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { ensureServerCredentials, openOrCreateSiteCa, writeRevocationList } from '#native/pki/index.ts';
import { createDeviceRequest } from '#test/support/device-request.ts';
import { systemClock } from '#native/clock/index.ts';
import { clockAt, createSitePki, type SitePki } from '#test/support/site-pki.ts';

const DAY_MS = 86_400_000;

let pki: SitePki;
beforeAll(async () => {
  pki = await createSitePki();
});
afterAll(() => pki.remove());

const file = (name: string): string => join(pki.dir, name);
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('site CA', () => {
  describe('when another tool judges its certificates strictly', () => {
    it('has a server certificate that OpenSSL takes for TLS servers', async () => {
      await writeFile(file('s.pem'), pki.server.certificatePem);

      expect(
        openssl(
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-verify_hostname',
          'localhost',
          '-CAfile',
          file('site-ca.cert.pem'),
          file('s.pem'),
        ),
      ).toContain('OK');
      expect(
        openssl(
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-verify_ip',
          '127.0.0.1',
          '-CAfile',
          file('site-ca.cert.pem'),
          file('s.pem'),
        ),
      ).toContain('OK');
    });

    it('has device certificates that OpenSSL takes for TLS clients and refuses for servers', async () => {
      const device = await pki.device('press-3');
      await writeFile(file('d.pem'), device.certificatePem);

      expect(
        openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', file('site-ca.cert.pem'), file('d.pem')),
      ).toContain('OK');
      expect(() =>
        openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file('site-ca.cert.pem'), file('d.pem')),
      ).toThrow();
    });

    it('has a revocation list that OpenSSL applies', async () => {
      const device = await pki.device('press-4');
      const other = await pki.device('press-5');
      await writeRevocationList(
        { dir: pki.dir, passphrase: null, clock: systemClock },
        await pki.ca.issueRevocationList([{ serial: device.issued.serial, revokedAt: Date.now() }]),
      );
      await writeFile(file('r.pem'), device.certificatePem);
      await writeFile(file('o.pem'), other.certificatePem);
      const verify = (name: string): string =>
        openssl(
          'verify',
          '-x509_strict',
          '-crl_check',
          '-CRLfile',
          file('site-ca.crl.pem'),
          '-CAfile',
          file('site-ca.cert.pem'),
          file(name),
        );

      expect(verify('o.pem')).toContain('OK');
      expect(() => verify('r.pem')).toThrow();
    });
  });

  describe('when it signs a device', () => {
    it('chooses the subject itself and names device and site', async () => {
      const device = await pki.device('press-6');
      const certificate = new X509Certificate(device.certificatePem);

      expect(certificate.subject).toContain('CN=press-6');
      expect(certificate.subject).not.toContain('gateway.local');
      expect(certificate.subjectAltName).toBe('URI:urn:gantry:plant:press-6');
      expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(device.issued.fingerprint);
      expect(certificate.serialNumber.toLowerCase()).toBe(device.issued.serial);
      expect(device.issued.notAfter - Date.now()).toBeLessThanOrEqual(90 * DAY_MS);
    });

    it('refuses a request that its own key did not sign', async () => {
      const { csrPem } = await createDeviceRequest('x');
      const der = Buffer.from(csrPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
      der[der.length - 5] = (der[der.length - 5] ?? 0) ^ 1;
      const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;

      expect(
        isAppError(
          await errorOf(pki.ca.signDevice({ csrPem: forged, site: 'plant', device: 'x' })),
          'ENROLMENT_REQUEST_INVALID',
        ),
      ).toBe(true);
    });

    it.each([
      ['no PEM', 'hello'],
      ['PEM of nothing', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'],
    ])('refuses %s', async (_name, csrPem) => {
      expect(
        isAppError(
          await errorOf(pki.ca.signDevice({ csrPem, site: 'plant', device: 'x' })),
          'ENROLMENT_REQUEST_INVALID',
        ),
      ).toBe(true);
    });

    it('refuses an RSA key', async () => {
      openssl(
        'req',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        file('rsa.key'),
        '-out',
        file('rsa.csr'),
        '-subj',
        '/CN=x',
      );

      expect(
        isAppError(
          await errorOf(
            pki.ca.signDevice({ csrPem: await readFile(file('rsa.csr'), 'utf8'), site: 'plant', device: 'x' }),
          ),
          'ENROLMENT_REQUEST_INVALID',
        ),
      ).toBe(true);
    });

    it('takes a request that OpenSSL made', async () => {
      openssl(
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        file('ec.key'),
        '-out',
        file('ec.csr'),
        '-subj',
        '/CN=x',
      );

      expect(
        (await pki.ca.signDevice({ csrPem: await readFile(file('ec.csr'), 'utf8'), site: 'plant', device: 'x' }))
          .publicKeyPem,
      ).toContain('BEGIN PUBLIC KEY');
    });
  });

  describe('when the station starts again', () => {
    it('keeps CA and server certificate while they serve', async () => {
      const folder = { dir: pki.dir, passphrase: null, clock: systemClock };
      const again = await openOrCreateSiteCa(folder, { id: 'plant', name: 'Plant North' });

      expect(again.fingerprint).toBe(pki.ca.fingerprint);
      expect((await ensureServerCredentials(folder, again)).certificatePem).toBe(pki.server.certificatePem);
    });

    it('renews the server certificate before its end, with the same key', async () => {
      const folder = { dir: pki.dir, passphrase: null, clock: clockAt(Date.now() + 280 * DAY_MS) };
      const renewed = await ensureServerCredentials(
        folder,
        await openOrCreateSiteCa(folder, { id: 'plant', name: 'Plant North' }),
      );

      expect(renewed.certificatePem).not.toBe(pki.server.certificatePem);
      expect(renewed.privateKeyPem).toBe(pki.server.privateKeyPem);
    });

    it('replaces a server certificate that a clock ahead of time made', async () => {
      const ahead = { dir: pki.dir, passphrase: null, clock: clockAt(Date.now() + 730 * DAY_MS) };
      await ensureServerCredentials(ahead, pki.ca);

      const { certificatePem } = await ensureServerCredentials({ ...ahead, clock: systemClock }, pki.ca);

      expect(Date.parse(new X509Certificate(certificatePem).validFrom)).toBeLessThan(Date.now());
    });

    it('issues a new server certificate for a new name', async () => {
      const folder = { dir: pki.dir, passphrase: null, clock: systemClock };
      const named = await ensureServerCredentials(folder, pki.ca, ['station.plant.example']);

      expect(new X509Certificate(named.certificatePem).checkHost('station.plant.example')).toBe(
        'station.plant.example',
      );
    });
  });

  describe('when its key has a passphrase', () => {
    it('keeps the key encrypted and unreadable for others, and does not open with another one', async () => {
      const dir = await mkdtemp(join(tmpdir(), 'gantry-pki-'));
      try {
        const site = { id: 'plant', name: 'Werk Süd' };
        const ca = await openOrCreateSiteCa({ dir, passphrase: 'correct horse', clock: systemClock }, site);
        const keyFile = join(dir, 'site-ca.key.pem');

        expect((await stat(keyFile)).mode & 0o077).toBe(0);
        expect(await readFile(keyFile, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
        expect(
          (await openOrCreateSiteCa({ dir, passphrase: 'correct horse', clock: systemClock }, site)).fingerprint,
        ).toBe(ca.fingerprint);
        expect(
          isAppError(
            await errorOf(openOrCreateSiteCa({ dir, passphrase: 'wrong', clock: systemClock }, site)),
            'SITE_KEY_UNAVAILABLE',
          ),
        ).toBe(true);
        expect(
          openssl('x509', '-in', join(dir, 'site-ca.cert.pem'), '-noout', '-subject', '-nameopt', 'utf8'),
        ).toContain('Werk Süd');
      } finally {
        await rm(dir, { recursive: true });
      }
    });
  });
});
