import { z } from 'zod';

const MEDIA_TYPES = [
  'application/vnd.dev.sigstore.bundle.v0.3+json',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
] as const;

/** Base64 of a certificate, a proof or a payload. */
const Base64 = z.base64().max(64_000_000);
const unread = z.unknown();

const Material = z.strictObject({
  publicKey: z.strictObject({ hint: z.string().max(256) }).optional(),
  certificate: z.strictObject({ rawBytes: Base64 }).optional(),
  x509CertificateChain: z
    .strictObject({ certificates: z.array(z.strictObject({ rawBytes: Base64 })).max(16) })
    .optional(),
  tlogEntries: z.array(unread).max(64).optional(),
  timestampVerificationData: z.strictObject({ rfc3161Timestamps: z.array(unread).max(64).optional() }).optional(),
});

const Envelope = z.strictObject({
  payload: Base64,
  payloadType: z.string().min(1).max(255),
  /** DSSE allows several; the Sigstore bundle format demands exactly one. */
  signatures: z.array(z.strictObject({ sig: Base64, keyid: z.string().max(256).optional() })).length(1),
});

/** What `cosign sign --new-bundle-format` writes: a signature over the bytes of the manifest. */
const MessageSignature = z.strictObject({
  messageDigest: z.strictObject({ algorithm: z.enum(['SHA2_256', 'SHA2_384', 'SHA2_512']), digest: Base64 }),
  signature: Base64,
});

/**
 * A Sigstore bundle v0.3 around a DSSE envelope or a message signature, without room for a second reading: unknown members are refused, and there is
 * exactly one kind of key material and one kind of content (facts: stock readers take the last of two).
 */
export const SigstoreDocument = z
  .strictObject({
    mediaType: z.enum(MEDIA_TYPES),
    verificationMaterial: Material,
    dsseEnvelope: Envelope.optional(),
    messageSignature: MessageSignature.optional(),
  })
  .refine((document) => (document.dsseEnvelope === undefined) !== (document.messageSignature === undefined), {
    message: 'exactly one content is needed',
  })
  .refine(
    ({ verificationMaterial: { publicKey, certificate, x509CertificateChain } }) =>
      [publicKey, certificate, x509CertificateChain].filter((kind) => kind !== undefined).length === 1,
    {
      message: 'exactly one kind of key material is needed',
      path: ['verificationMaterial'],
    },
  );
export type SigstoreDocument = z.infer<typeof SigstoreDocument>;
