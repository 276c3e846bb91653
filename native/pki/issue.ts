import { randomBytes } from 'node:crypto';
import type { Instant } from '#core/base/index.ts';
import { EC_SIGNATURE, x509, type webcrypto } from './webcrypto-engine.ts';

const DAY_MS = 86_400_000;
/** Plant clocks lag: a certificate must be valid on a machine that is up to a day behind. */
const BACKDATE_MS = DAY_MS;

export const VALIDITY_DAYS = { authority: 7300, server: 365, device: 90, revocationList: 30 } as const;

export interface Issuer {
  readonly name: string;
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

export interface LeafRequest {
  readonly commonName: string;
  readonly organization: string;
  readonly publicKey: x509.PublicKey | webcrypto.CryptoKey;
  readonly usage: 'server' | 'client';
  readonly alternativeNames: readonly { readonly type: 'dns' | 'ip' | 'url'; readonly value: string }[];
  readonly now: Instant;
  readonly days: number;
}

/** Self-signed root of a site: signs leaves and revocation lists only (path length 0). */
export async function issueAuthority(
  name: { commonName: string; organization: string },
  keys: { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey },
  now: Instant,
): Promise<x509.X509Certificate> {
  return await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name.commonName] }, { O: [name.organization] }],
    ...validity(now, VALIDITY_DAYS.authority),
    keys,
    signingAlgorithm: EC_SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

/** A leaf in the strict profile of RFC 5280 section 4.2: key identifiers, critical usages, no CA bit. */
export async function issueLeaf(issuer: Issuer, request: LeafRequest): Promise<x509.X509Certificate> {
  const purpose = request.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  return await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [request.commonName] }, { O: [request.organization] }],
    issuer: issuer.certificate.subjectName,
    ...validity(request.now, request.days),
    publicKey: request.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: EC_SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose]),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
      new x509.SubjectAlternativeNameExtension([...request.alternativeNames]),
    ],
  });
}

function validity(now: Instant, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** 127 random bits: positive and never zero (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
