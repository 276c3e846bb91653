import { createPublicKey, type KeyObject } from 'node:crypto';
import { ASN1Obj, X509Certificate } from '@sigstore/core';
import type { BundleDocument } from './document.ts';
import { readFulcioExtensions, type FulcioExtensions } from './fulcio-extensions.ts';
import { decoded, refusal } from './refusal.ts';

const EXTENDED_KEY_USAGE = '2.5.29.37';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const SUBJECT_ALT_NAME = '2.5.29.17';
const FULCIO_OTHER_NAME = '1.3.6.1.4.1.57264.1.7';

/** The certificate that a bundle brings, read but not yet trusted. */
export interface SigningCertificate {
  readonly x509: X509Certificate;
  readonly der: Buffer;
  readonly publicKey: KeyObject;
  /** The one name it was issued for. */
  readonly identity: string;
  /** Who vouched for that name: the OIDC issuer. */
  readonly issuer: string;
  readonly extensions: FulcioExtensions;
}

/**
 * Untrusted: Sigstore client specification, "Certificate". C1 it can be read; C2 the bundle brings no root of its own;
 * C3 it is for code signing and no authority; C4 it has exactly one name and an issuer. The chain is the library's part.
 */
export function readCertificate({
  verificationMaterial: { certificate, x509CertificateChain },
}: BundleDocument): SigningCertificate | null {
  const chain = certificate === undefined ? (x509CertificateChain?.certificates ?? []) : [certificate];
  const ders = chain.map(({ rawBytes }) => Buffer.from(rawBytes, 'base64'));
  const [der] = ders;
  if (der === undefined) return null;
  const x509s = ders.map((bytes) =>
    decoded(() => X509Certificate.parse(Buffer.from(bytes)), 'SIGNATURE_CERTIFICATE_MALFORMED', 'a certificate'),
  );
  const [x509] = x509s;
  if (x509 === undefined) return null;
  if (x509s.some(isSelfIssued))
    throw refusal('SIGNATURE_CHAIN_HAS_ROOT', 'a certificate of the signature is its own issuer');
  return decoded(() => describe(x509, der), 'SIGNATURE_CERTIFICATE_MALFORMED', 'the signing certificate');
}

function describe(x509: X509Certificate, der: Buffer): SigningCertificate {
  if (x509.isCA) throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the signing certificate is an authority');
  if (!keyUsages(x509).includes(CODE_SIGNING))
    throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the signing certificate is not for code signing');
  // Read once here, so that a broken date or public key is refused as what it is.
  if (!(x509.notBefore <= x509.notAfter))
    throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the validity of the signing certificate cannot be read');
  const publicKey = createPublicKey({ key: x509.publicKey, format: 'der', type: 'spki' });
  const extensions = readFulcioExtensions(x509);
  const { issuer } = extensions;
  if (issuer === undefined)
    throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the signing certificate names no issuer of the identity');
  return { x509, der, publicKey, identity: nameOf(x509), issuer, extensions };
}

function isSelfIssued(certificate: X509Certificate): boolean {
  return certificate.subject.equals(certificate.issuer) && certificate.isCA;
}

function keyUsages(certificate: X509Certificate): string[] {
  const usage = certificate.extension(EXTENDED_KEY_USAGE);
  return usage === undefined ? [] : ASN1Obj.parseBuffer(Buffer.from(usage.value)).subs.map((oid) => oid.toOID());
}

/** Exactly one GeneralName: URI, mail address, or Fulcio's own kind of name. The stock library takes the first that it likes. */
function nameOf(certificate: X509Certificate): string {
  const names = certificate.extension(SUBJECT_ALT_NAME);
  const count = names === undefined ? 0 : ASN1Obj.parseBuffer(Buffer.from(names.value)).subs.length;
  if (count !== 1)
    throw refusal(
      'SIGNATURE_CERTIFICATE_MALFORMED',
      `the signing certificate has ${String(count)} names instead of one`,
    );
  const name = certificate.extSubjectAltName;
  const text = name?.uri ?? name?.rfc822Name ?? name?.otherName(FULCIO_OTHER_NAME);
  if (text === undefined || text === '')
    throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the name of the signing certificate is of an unknown kind');
  return text;
}
