import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MIB } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { SignedLayer } from '#core/verification/ports.ts';
import { refusal } from './keyless/refusal.ts';
import type { SigstoreJson } from './signed-evidence.ts';

/** Annotations of cosign v2 (cosign, specs/SIGNATURE_SPEC.md). */
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_BUNDLE = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

const ENVELOPE_LIMIT_BYTES = 32 * MIB;
const ANNOTATION_LIMIT_BYTES = MIB;

const LogBundle = z.strictObject({
  SignedEntryTimestamp: z.base64(),
  Payload: z.strictObject({
    body: z.base64(),
    integratedTime: z.int().min(0),
    logIndex: z.int().min(0),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const Timestamp = z.strictObject({ SignedRFC3161Timestamp: z.base64() });
const EntryHead = z.looseObject({ kind: z.string().max(64), apiVersion: z.string().max(16) });

/**
 * Untrusted: a layer of cosign v2 as the Sigstore bundle v0.1 that says the same, so that one verifier judges both. The chain that cosign
 * attaches is left out: intermediates and roots come from the trusted root of the site.
 */
export function documentOfLayer({ kind, bytes, annotations }: SignedLayer): SigstoreJson {
  const certificate = annotations[CERTIFICATE];
  const timestamp = annotations[TIMESTAMP];
  const log = annotations[LOG_BUNDLE];
  const document = {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(certificate === undefined
        ? { publicKey: {} }
        : { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] } }),
      tlogEntries: log === undefined ? [] : [entryOf(log)],
      ...(timestamp === undefined
        ? {}
        : {
            timestampVerificationData: {
              rfc3161Timestamps: [{ signedTimestamp: parseAnnotation(timestamp, Timestamp).SignedRFC3161Timestamp }],
            },
          }),
    },
    ...(kind === 'message'
      ? {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(bytes).digest('base64') },
            signature: annotations[SIGNATURE],
          },
        }
      : { dsseEnvelope: parseStrictJson(bytes, { bytes: ENVELOPE_LIMIT_BYTES }) }),
  };
  return document;
}

function entryOf(text: string): object {
  const { SignedEntryTimestamp, Payload } = parseAnnotation(text, LogBundle);
  const body = Buffer.from(Payload.body, 'base64');
  const head = EntryHead.safeParse(parseStrictJson(body, { bytes: ENVELOPE_LIMIT_BYTES }));
  if (!head.success) throw refusal('SIGNATURE_LOG_ENTRY_UNREADABLE', 'the log entry does not say its kind', head.error);
  return {
    logIndex: Payload.logIndex,
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind: head.data.kind, version: head.data.apiVersion },
    integratedTime: Payload.integratedTime,
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function parseAnnotation<S extends z.ZodType>(text: string, schema: S): z.output<S> {
  const json = parseStrictJson(new TextEncoder().encode(text), { bytes: ANNOTATION_LIMIT_BYTES });
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw refusal('SIGNATURE_DOCUMENT_INVALID', 'an annotation of the signature is not of its form', parsed.error);
  return parsed.data;
}

/** The first certificate of a PEM text. */
function derOf(pem: string): string {
  const [, base64] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,32768})-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (base64 === undefined) throw refusal('SIGNATURE_CERTIFICATE_MALFORMED', 'the certificate is not PEM');
  return base64.replaceAll(/\s/g, '');
}
