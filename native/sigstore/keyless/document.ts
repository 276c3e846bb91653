import { z } from 'zod';
import { MIB } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { refusal } from './refusal.ts';

/** A Sigstore bundle carries certificates, proofs and at most one statement. */
export const BUNDLE_LIMIT_BYTES = 32 * MIB;

const VERSIONS: Readonly<Record<string, BundleVersion>> = {
  'application/vnd.dev.sigstore.bundle+json;version=0.1': '0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2': '0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3': '0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json': '0.3',
};
export type BundleVersion = '0.1' | '0.2' | '0.3';

/** Standard base64. Line breaks are left out as Go and Python leave them out; any other foreign character is refused. */
const Base64 = z
  .string()
  .transform((text) => text.replace(/[\r\n]/g, ''))
  .pipe(z.base64().min(1));
/** protobuf JSON writes 64-bit integers as text; indexes, sizes and times of a log are never negative. */
const Count = z.union([z.string().regex(/^(?:0|[1-9]\d{0,17})$/), z.int().min(0)]);
const RawBytes = z.strictObject({ rawBytes: Base64 });

const LogEntry = z.strictObject({
  logIndex: Count,
  logId: z.strictObject({ keyId: Base64 }),
  kindVersion: z.strictObject({ kind: z.string().max(64), version: z.string().max(16) }),
  integratedTime: Count.optional(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: Base64 }).nullish(),
  inclusionProof: z
    .strictObject({
      logIndex: Count,
      rootHash: Base64,
      treeSize: Count,
      hashes: z.array(Base64).max(64).optional(),
      checkpoint: z.strictObject({ envelope: z.string().min(1).max(65_536) }).optional(),
    })
    .nullish(),
  canonicalizedBody: Base64,
});

const Material = z.strictObject({
  publicKey: z.strictObject({ hint: z.string().max(256).optional() }).optional(),
  certificate: RawBytes.optional(),
  x509CertificateChain: z.strictObject({ certificates: z.array(RawBytes).min(1).max(16) }).optional(),
  tlogEntries: z.array(LogEntry).max(64).optional(),
  timestampVerificationData: z
    .strictObject({
      rfc3161Timestamps: z
        .array(z.strictObject({ signedTimestamp: Base64 }))
        .max(64)
        .optional(),
    })
    .nullish(),
});

const MessageSignature = z.strictObject({
  messageDigest: z.strictObject({ algorithm: z.enum(['SHA2_256', 'SHA2_384', 'SHA2_512']), digest: Base64 }),
  signature: Base64,
});

const Envelope = z.strictObject({
  payload: Base64,
  payloadType: z.string().min(1).max(255),
  /** DSSE allows several signatures, the Sigstore bundle exactly one. */
  signatures: z.array(z.strictObject({ sig: Base64, keyid: z.string().max(256).optional() })).length(1),
});

const Document = z
  .strictObject({
    mediaType: z.string(),
    verificationMaterial: Material,
    messageSignature: MessageSignature.optional(),
    dsseEnvelope: Envelope.optional(),
  })
  .refine((document) => isOneOf(document.messageSignature, document.dsseEnvelope), {
    message: 'exactly one content is needed',
  })
  .refine(
    ({ verificationMaterial: { publicKey, certificate, x509CertificateChain } }) =>
      isOneOf(publicKey, certificate, x509CertificateChain),
    {
      message: 'exactly one kind of key material is needed',
      path: ['verificationMaterial'],
    },
  );

/** A Sigstore bundle that has only one reading. Nothing in it is verified yet. */
export type BundleDocument = z.infer<typeof Document> & { readonly version: BundleVersion };
export type BundleLogEntry = z.infer<typeof LogEntry>;

/**
 * Untrusted: B1 strict JSON (no name twice, nothing behind the end), B2 a known media type, B3 exactly one content and one kind of
 * key material, no unknown member, B4 from v0.3 on a single certificate instead of a chain.
 */
export function parseBundle(bytes: Uint8Array): BundleDocument {
  return readBundleJson(parseStrictJson(bytes, { bytes: BUNDLE_LIMIT_BYTES }));
}

/** Untrusted: B2 to B4, for JSON that was read strictly before. */
export function readBundleJson(json: unknown): BundleDocument {
  const mediaType = z.looseObject({ mediaType: z.string() }).safeParse(json);
  if (!mediaType.success) throw refusal('SIGNATURE_DOCUMENT_INVALID', 'it has no media type');
  const version = Object.hasOwn(VERSIONS, mediaType.data.mediaType) ? VERSIONS[mediaType.data.mediaType] : undefined;
  if (version === undefined)
    throw refusal('SIGNATURE_VERSION_UNKNOWN', `media type ${JSON.stringify(mediaType.data.mediaType)}`);
  const parsed = Document.safeParse(json);
  if (!parsed.success) throw refusal('SIGNATURE_DOCUMENT_INVALID', issuesOf(parsed.error), parsed.error);
  if (version === '0.3' && parsed.data.verificationMaterial.x509CertificateChain !== undefined) {
    throw refusal(
      'SIGNATURE_DOCUMENT_INVALID',
      'verificationMaterial: version 0.3 has a single certificate, not a chain',
    );
  }
  return { ...parsed.data, version };
}

function isOneOf(...choices: readonly unknown[]): boolean {
  return choices.filter((choice) => choice !== undefined).length === 1;
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 8)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('; ');
}
