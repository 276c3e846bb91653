import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#core/base/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';
import { issueAuthority } from './issue.ts';
import { createEcKeyPem, importSigningPair, plainKeyPem } from './key-pem.ts';
import { siteCa, type SiteCa } from './site-ca.ts';
import { x509 } from './webcrypto-engine.ts';

const CA_KEY = 'site-ca.key.pem';
const CA_CERTIFICATE = 'site-ca.cert.pem';
const SERVER_KEY = 'server.key.pem';
const SERVER_CERTIFICATE = 'server.cert.pem';
const REVOCATIONS = 'site-ca.crl.pem';
/** A server certificate is replaced this long before its end, so that no night shift meets an expired one. */
const RENEW_BEFORE_MS = 90 * 86_400_000;

export interface PkiFolder {
  /** `keys/` of the site folder. */
  readonly dir: string;
  readonly passphrase: string | null;
  readonly clock: Clock;
}

/** Opens the CA of a site, or makes one. The key is written before the certificate: a certificate without its key cannot appear. */
export async function openOrCreateSiteCa(folder: PkiFolder, site: { id: string; name: string }): Promise<SiteCa> {
  const keyFile = join(folder.dir, CA_KEY);
  const keyPem = (await readText(keyFile)) ?? (await writeKey(keyFile, folder.passphrase));
  const keys = await importSigningPair(keyPem, folder.passphrase, CA_KEY);
  const name = `Gantry site ${site.id}`;
  const certificateFile = join(folder.dir, CA_CERTIFICATE);
  const stored = await readText(certificateFile);
  const certificate =
    stored === undefined
      ? await issueAuthority({ commonName: name, organization: site.name.slice(0, 64) }, keys, folder.clock.now())
      : new x509.X509Certificate(stored);
  if (stored === undefined)
    await writeFileDurably(certificateFile, new TextEncoder().encode(certificate.toString('pem')));
  return siteCa({ name, certificate, privateKey: keys.privateKey }, folder.clock);
}

/** Key and chain of a TLS server; the key is in memory only. */
export interface ServerCredentials {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly caPem: string;
}

/** The station's server certificate, renewed when it nears its end or the machine got another name or address. */
export async function ensureServerCredentials(
  folder: PkiFolder,
  ca: SiteCa,
  extraNames: readonly string[] = [],
): Promise<ServerCredentials> {
  const names = [...new Set([...machineNames(), ...extraNames])];
  const keyFile = join(folder.dir, SERVER_KEY);
  const keyPem = (await readText(keyFile)) ?? (await writeKey(keyFile, folder.passphrase));
  const certificateFile = join(folder.dir, SERVER_CERTIFICATE);
  const stored = await readText(certificateFile);
  const { publicKey } = await importSigningPair(keyPem, folder.passphrase, SERVER_KEY);
  let certificatePem = stored;
  if (
    certificatePem === undefined ||
    !stillServes(certificatePem, { names, now: folder.clock.now(), caPem: ca.certificatePem })
  ) {
    certificatePem = (await ca.issueServer({ names, publicKey })).certificatePem;
    await writeFileDurably(certificateFile, new TextEncoder().encode(certificatePem));
  }
  return {
    certificatePem,
    privateKeyPem: plainKeyPem(keyPem, folder.passphrase, SERVER_KEY),
    caPem: ca.certificatePem,
  };
}

/** Publishes the list beside the CA certificate, for brokers and registries of other makers. */
export async function writeRevocationList(folder: PkiFolder, pem: string): Promise<void> {
  await writeFileDurably(join(folder.dir, REVOCATIONS), new TextEncoder().encode(pem));
}

/** Names under which devices of the plant reach this machine. */
function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter((entry) => !entry.address.startsWith('fe80:')).map((entry) => entry.address),
  );
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...addresses])].filter(
    (name) => name.length > 0 && name.length <= 253,
  );
}

function stillServes(certificatePem: string, want: { names: readonly string[]; now: number; caPem: string }): boolean {
  const certificate = new x509.X509Certificate(certificatePem);
  const issuer = new x509.X509Certificate(want.caPem);
  if (certificate.issuer !== issuer.subject || certificate.notAfter.getTime() - want.now < RENEW_BEFORE_MS)
    return false;
  // Issued while the clock of this machine ran ahead: devices with a right clock would refuse the station until then.
  if (certificate.notBefore.getTime() > want.now) return false;
  const names =
    certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((item) => normalName(item.value)) ??
    [];
  return want.names.every((name) => names.includes(normalName(name)));
}

/** IPv6 addresses have several spellings; a URL host has one. */
function normalName(name: string): string {
  if (!name.includes(':')) return name.toLowerCase();
  return new URL(`http://[${name}]`).hostname;
}

async function writeKey(file: string, passphrase: string | null): Promise<string> {
  const pem = createEcKeyPem(passphrase);
  await writeFileDurably(file, new TextEncoder().encode(pem), { mode: 0o600 });
  return pem;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
