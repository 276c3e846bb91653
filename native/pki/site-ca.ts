import { createHash } from 'node:crypto';
import { AppError, type Clock } from '#core/base/index.ts';
import type { CertificateAuthority, IssuedCertificate, Revocation } from '#core/fleet/ports.ts';
import { issueLeaf, VALIDITY_DAYS, type Issuer } from './issue.ts';
import { EC_SIGNATURE, x509, type webcrypto } from './webcrypto-engine.ts';

/** The certificate authority of one site: devices and the station's own servers, nothing else. */
export interface SiteCa extends CertificateAuthority {
  readonly commonName: string;
  /** For a server of this station; `names` are host names or IP addresses. */
  issueServer(request: { names: readonly string[]; publicKey: webcrypto.CryptoKey }): Promise<IssuedCertificate>;
}

/** The authority over an opened key. The private key never leaves this closure. */
export function siteCa(issuer: Issuer, clock: Clock): SiteCa {
  const certificatePem = issuer.certificate.toString('pem');
  return {
    commonName: issuer.name,
    certificatePem,
    fingerprint: fingerprintOf(issuer.certificate),
    async issueServer({ names, publicKey }) {
      const alternativeNames = names.map((value) => ({
        type: isAddress(value) ? ('ip' as const) : ('dns' as const),
        value,
      }));
      const commonName = names[0] ?? 'localhost';
      return describeCertificate(
        await issueLeaf(issuer, {
          commonName,
          organization: issuer.name,
          publicKey,
          usage: 'server',
          alternativeNames,
          now: clock.now(),
          days: VALIDITY_DAYS.server,
        }),
      );
    },
    async signDevice({ csrPem, site, device }) {
      const csr = await checkedRequest(csrPem);
      return describeCertificate(
        await issueLeaf(issuer, {
          commonName: device,
          organization: issuer.name,
          publicKey: csr.publicKey,
          usage: 'client',
          alternativeNames: [{ type: 'url', value: deviceUri(site, device) }],
          now: clock.now(),
          days: VALIDITY_DAYS.device,
        }),
      );
    },
    issueRevocationList: (entries) => issueRevocationList(issuer, entries, clock.now()),
  };
}

/** The URI SAN that names a device of a site. */
function deviceUri(site: string, device: string): string {
  return `urn:gantry:${site}:${device}`;
}

function describeCertificate(certificate: x509.X509Certificate): IssuedCertificate {
  return {
    certificatePem: certificate.toString('pem'),
    publicKeyPem: certificate.publicKey.toString('pem'),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: fingerprintOf(certificate),
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
  };
}

function fingerprintOf(certificate: x509.X509Certificate): string {
  return createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex');
}

/** Untrusted: PKCS#10 from the wire. Only its public key is used, after the proof of possession (RFC 2986). */
async function checkedRequest(csrPem: string): Promise<x509.Pkcs10CertificateRequest> {
  const refuse = (why: string, cause?: unknown): AppError =>
    new AppError('ENROLMENT_REQUEST_INVALID', why, {}, { cause });
  if (!csrPem.trimStart().startsWith('-----BEGIN CERTIFICATE REQUEST-----'))
    throw refuse('the certificate request is not in PEM form');
  let csr: x509.Pkcs10CertificateRequest;
  let holds: boolean;
  try {
    csr = new x509.Pkcs10CertificateRequest(csrPem);
    const { name, namedCurve } = csr.publicKey.algorithm as { name: string; namedCurve?: string };
    if (name !== 'Ed25519' && namedCurve !== 'P-256')
      throw refuse(`the device key must be P-256 or Ed25519, the request has ${namedCurve ?? name}`);
    holds = await csr.verify();
  } catch (cause) {
    throw cause instanceof AppError ? cause : refuse('the certificate request cannot be read', cause);
  }
  if (!holds) throw refuse('the certificate request is not signed by its own key');
  return csr;
}

async function issueRevocationList(issuer: Issuer, entries: readonly Revocation[], now: number): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.certificate.subjectName,
    thisUpdate: new Date(now),
    nextUpdate: new Date(now + VALIDITY_DAYS.revocationList * 86_400_000),
    // A reason is always given: without one the library writes an empty extension list, which OpenSSL cannot read.
    entries: entries.map(({ serial, revokedAt }) => ({
      serialNumber: serial,
      revocationDate: new Date(revokedAt),
      reason: x509.X509CrlReason.privilegeWithdrawn,
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
      // RFC 5280 section 5.2.3: rises with every list; milliseconds do, and fit 20 octets.
      crlNumber(now),
    ],
    signingKey: issuer.privateKey,
    signingAlgorithm: EC_SIGNATURE,
  });
  // RFC 7468 section 5.1 names the label; the library's own is another.
  return x509.PemConverter.encode(list.rawData, 'X509 CRL');
}

/** DER INTEGER in its shortest form. */
function crlNumber(value: number): x509.Extension {
  const digits = value.toString(16);
  const magnitude = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  const content = (magnitude[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude;
  return new x509.Extension('2.5.29.20', false, Buffer.concat([Buffer.of(0x02, content.length), content]));
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name.includes(':');
}
