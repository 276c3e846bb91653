import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { MIB } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { BundleLogEntry } from './document.ts';
import { decoded, refusal } from './refusal.ts';

const BODY_LIMIT_BYTES = 32 * MIB;

/** Who a log entry says has signed. */
export interface LoggedSigner {
  readonly kind: 'certificate' | 'public key';
  readonly der: Buffer;
}

const Pem = z.base64().transform((text) => Buffer.from(text, 'base64').toString('utf8'));
const Verifier = z.looseObject({
  publicKey: z.looseObject({ rawBytes: z.base64() }).nullish(),
  x509Certificate: z.looseObject({ rawBytes: z.base64() }).nullish(),
});
const specOf = <S extends z.ZodType>(spec: S) => z.looseObject({ kind: z.string(), apiVersion: z.string(), spec });

/** Where each kind of entry keeps the signer (Rekor's type schemas; 0.0.2 of hashedrekord and dsse are those of Rekor v2). */
const SIGNER_OF: Readonly<Record<string, (body: unknown) => LoggedSigner>> = {
  'hashedrekord/0.0.1': (body) =>
    ofPem(
      specOf(z.looseObject({ signature: z.looseObject({ publicKey: z.looseObject({ content: Pem }) }) })).parse(body)
        .spec.signature.publicKey.content,
    ),
  'dsse/0.0.1': (body) =>
    ofPem(
      specOf(z.looseObject({ signatures: z.tuple([z.looseObject({ verifier: Pem })]) })).parse(body).spec.signatures[0]
        .verifier,
    ),
  'intoto/0.0.2': (body) =>
    ofPem(
      specOf(
        z.looseObject({
          content: z.looseObject({
            envelope: z.looseObject({ signatures: z.tuple([z.looseObject({ publicKey: Pem })]) }),
          }),
        }),
      ).parse(body).spec.content.envelope.signatures[0].publicKey,
    ),
  'hashedrekord/0.0.2': (body) =>
    ofVerifier(
      specOf(
        z.looseObject({ hashedRekordV002: z.looseObject({ signature: z.looseObject({ verifier: Verifier }) }) }),
      ).parse(body).spec.hashedRekordV002.signature.verifier,
    ),
  'dsse/0.0.2': (body) =>
    ofVerifier(
      specOf(
        z.looseObject({ dsseV002: z.looseObject({ signatures: z.tuple([z.looseObject({ verifier: Verifier })]) }) }),
      ).parse(body).spec.dsseV002.signatures[0].verifier,
    ),
};

/** Untrusted: the signer inside a log entry. The kind outside the body must be the one inside it. */
export function readLoggedSigner({ kindVersion: { kind, version }, canonicalizedBody }: BundleLogEntry): LoggedSigner {
  const name = `${kind}/${version}`;
  const signerOf = Object.hasOwn(SIGNER_OF, name) ? SIGNER_OF[name] : undefined;
  if (signerOf === undefined)
    throw refusal('SIGNATURE_LOG_ENTRY_UNREADABLE', `entries of kind ${JSON.stringify(name)} are not read`);
  let body: unknown;
  try {
    body = parseStrictJson(Buffer.from(canonicalizedBody, 'base64'), { bytes: BODY_LIMIT_BYTES });
  } catch (error) {
    throw refusal('SIGNATURE_LOG_ENTRY_UNREADABLE', 'the entry is not one JSON document', error);
  }
  const head = specOf(z.unknown()).safeParse(body);
  if (!head.success || head.data.kind !== kind || head.data.apiVersion !== version)
    throw refusal('SIGNATURE_LOG_ENTRY_MISMATCH', `the entry is not a ${name}`);
  return decoded(() => signerOf(body), 'SIGNATURE_LOG_ENTRY_UNREADABLE', 'the signer of the log entry');
}

function ofPem(pem: string): LoggedSigner {
  return pem.includes('-----BEGIN CERTIFICATE-----')
    ? { kind: 'certificate', der: new X509Certificate(pem).raw }
    : { kind: 'public key', der: createPublicKey(pem).export({ type: 'spki', format: 'der' }) };
}

function ofVerifier({ publicKey, x509Certificate }: z.infer<typeof Verifier>): LoggedSigner {
  if (x509Certificate && !publicKey)
    return { kind: 'certificate', der: Buffer.from(x509Certificate.rawBytes, 'base64') };
  if (publicKey && !x509Certificate) return { kind: 'public key', der: Buffer.from(publicKey.rawBytes, 'base64') };
  throw refusal('SIGNATURE_LOG_ENTRY_UNREADABLE', 'the entry names no signer, or two');
}
