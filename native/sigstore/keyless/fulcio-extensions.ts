import { ASN1Obj, type X509Certificate } from '@sigstore/core';
import { refusal } from './refusal.ts';

const ARC = '1.3.6.1.4.1.57264.1';

/** Fulcio's certificate extensions with DER values (oid-info.md of Fulcio, .8 to .22). */
const EXTENSIONS = {
  issuer: 8,
  buildSignerUri: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryIdentifier: 15,
  sourceRepositoryOwnerUri: 16,
  sourceRepositoryOwnerIdentifier: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationUri: 21,
  sourceRepositoryVisibility: 22,
} as const;

/** Extensions before .8 hold bare text. They are read only where the newer one is absent. */
const LEGACY_EXTENSIONS = { issuer: 1, buildTrigger: 2, sourceRepositoryDigest: 3, sourceRepositoryRef: 6 } as const;

export type FulcioExtension = keyof typeof EXTENSIONS;
/** What the authority states about the build: source, ref, builder, runner. */
export type FulcioExtensions = Readonly<Partial<Record<FulcioExtension, string>>>;

const UTF8_STRING = 0x0c;

/** Reads every known extension; an extension that is there but is not text is refused. */
export function readFulcioExtensions(certificate: X509Certificate): FulcioExtensions {
  const found: Partial<Record<FulcioExtension, string>> = {};
  for (const [name, number] of Object.entries(LEGACY_EXTENSIONS)) {
    const extension = certificate.extension(`${ARC}.${String(number)}`);
    if (extension !== undefined) found[name as keyof typeof LEGACY_EXTENSIONS] = utf8(extension.value);
  }
  for (const [name, number] of Object.entries(EXTENSIONS)) {
    const extension = certificate.extension(`${ARC}.${String(number)}`);
    if (extension !== undefined) found[name as FulcioExtension] = derText(extension.value);
  }
  return found;
}

function derText(value: Buffer): string {
  const text = ASN1Obj.parseBuffer(Buffer.from(value));
  if (!text.tag.isUniversal() || text.tag.number !== UTF8_STRING)
    throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'an extension of the signing certificate is not text');
  return utf8(text.value);
}

function utf8(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
