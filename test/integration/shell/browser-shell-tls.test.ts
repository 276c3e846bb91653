import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cryptoProvider, PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { createHttpShell, type HttpShell, type TlsIdentity } from '#native/http-shell/index.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function selfSigned(): Promise<TlsIdentity> {
  cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

describe('browser shell over TLS', () => {
  let dist: string;
  let shell: HttpShell;
  beforeEach(async () => {
    dist = await mkdtemp(join(tmpdir(), 'gantry-tls-'));
    await writeFile(join(dist, 'index.html'), '<html><head></head></html>');
    shell = await createHttpShell({
      dist,
      sockets: { accept: () => undefined },
      clock: systemClock,
      ids: randomIds(systemClock),
      host: '0.0.0.0',
      tls: await selfSigned(),
      publicNames: ['localhost'],
    });
  });
  afterEach(async () => {
    await shell.close();
    await rm(dist, { recursive: true, force: true });
  });

  it('prints https links under its public name and marks its cookie Secure', async () => {
    const link = shell.issueStartToken();

    const cookie = await new Promise<string>((resolve, reject) => {
      get(link, { rejectUnauthorized: false, agent: false }, (response) => {
        response.resume();
        resolve(response.headers['set-cookie']?.[0] ?? '');
      }).on('error', reject);
    });

    expect(link).toMatch(/^https:\/\/localhost:\d+\/\?token=/);
    expect(cookie).toContain('; Secure');
  });
});
