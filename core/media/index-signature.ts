import { z } from 'zod';
import type { DsseEnvelope } from '#contracts/device.ts';
import { MEDIA_PATHS, type IndexSignatureView } from '#contracts/media.ts';
import type { TrustedKey } from '#contracts/verdict.ts';
import { isAppError, type Digest, type Finding } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import { InTotoStatement, speaksAbout } from '#core/provenance/index.ts';
import { fromBase64, openDocument, toBase64 } from '#core/signing/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';

/** Predicate of the statement that signs a media set's index. */
export const MEDIA_SET_PREDICATE = 'urn:gantry:media-set:v1';

const IN_TOTO = 'application/vnd.in-toto+json';
const SIGNATURE_LIMIT_BYTES = 1024 * 1024;

/** What the signature beside an index says. It can only make an import fail: what a bundle is worth, its own signatures say. */
export type IndexSignature = IndexSignatureView;

/** The keys that may vouch for an index. */
export interface IndexTrust {
  readonly keys: readonly TrustedKey[];
  readonly verifier: SignatureVerifier;
}

/** A Sigstore bundle v0.3 with a key hint around one DSSE signature; nothing else is read, and no unknown member is passed over. */
const SignedIndex = z.strictObject({
  mediaType: z.enum([
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
  ]),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string().min(1).max(128) }),
    // Evidence that nothing here counts: the key is known, and no time is derived from it.
    tlogEntries: z.array(z.unknown()).max(64).optional(),
    timestampVerificationData: z
      .strictObject({ rfc3161Timestamps: z.array(z.unknown()).max(64).optional() })
      .optional(),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.base64().max(100_000),
    payloadType: z.literal(IN_TOTO),
    signatures: z.array(z.strictObject({ sig: z.base64().max(4096), keyid: z.string().max(128).optional() })).length(1),
  }),
});

/** A Sigstore bundle that names its signer by a certificate. Only keys vouch for an index, so nobody here knows this signer. */
const CertificateSigned = z.object({
  mediaType: SignedIndex.shape.mediaType,
  verificationMaterial: z.union([
    z.object({ certificate: z.object({}) }),
    z.object({ x509CertificateChain: z.object({}) }),
  ]),
  dsseEnvelope: z.object({}),
});

/** What stands for the key id of a signer that shows a certificate. */
const CERTIFICATE_HINT = 'a certificate';

/**
 * Untrusted: verifies the signature of an index. Without `trust` nothing is established and nothing is refused.
 * A signature that does not hold, or that speaks of another index, is worse than none: somebody changed the stick.
 */
export function verifyIndexSignature(
  indexDigest: Digest,
  signature: Uint8Array | null,
  trust: IndexTrust | undefined,
): IndexSignature {
  if (signature === null) return { at: 'unsigned' };
  if (trust === undefined) return { at: 'unchecked' };
  let signed: z.infer<typeof SignedIndex>;
  try {
    const document = parseStrictJson(signature, { bytes: SIGNATURE_LIMIT_BYTES });
    if (CertificateSigned.safeParse(document).success) return { at: 'unknown-signer', hint: CERTIFICATE_HINT };
    signed = SignedIndex.parse(document);
  } catch (error) {
    if (!isAppError(error) && !(error instanceof z.ZodError)) throw error;
    return { at: 'invalid', reason: 'it is not a Sigstore bundle with one key signature' };
  }
  const { hint } = signed.verificationMaterial.publicKey;
  const key = trust.keys.find((candidate) => candidate.keyId === hint);
  if (key === undefined) return { at: 'unknown-signer', hint };
  if (!isCanonical(signed, hint)) return { at: 'invalid', reason: 'its encoding was changed' };
  return judge(indexDigest, signed, key, trust.verifier);
}

function judge(
  indexDigest: Digest,
  signed: z.infer<typeof SignedIndex>,
  key: TrustedKey,
  verifier: SignatureVerifier,
): IndexSignature {
  const { payload, payloadType, signatures } = signed.dsseEnvelope;
  const envelope: DsseEnvelope = {
    payload,
    payloadType,
    signatures: signatures.map(({ sig }) => ({ sig, keyid: key.keyId })),
  };
  try {
    if (verifier.keyIdOf(key.publicKeyPem) !== key.keyId)
      return { at: 'invalid', reason: `the trusted key ${key.name} does not have the id under which it is listed` };
    const statement = openDocument(envelope, {
      payloadType: IN_TOTO,
      schema: InTotoStatement,
      publicKeyPem: key.publicKeyPem,
      verifier,
    });
    if (statement.predicateType !== MEDIA_SET_PREDICATE || !speaksAbout(statement, indexDigest))
      return { at: 'invalid', reason: 'it was given for another index' };
    return { at: 'trusted', keyId: key.keyId, name: key.name };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { at: 'invalid', reason: error.message };
  }
}

/** One text for one signature: a bit that decoding ignores is a changed bit all the same. */
function isCanonical({ dsseEnvelope: { payload, signatures } }: z.infer<typeof SignedIndex>, hint: string): boolean {
  return (
    toBase64(fromBase64(payload)) === payload &&
    signatures.every(
      ({ sig, keyid }) => toBase64(fromBase64(sig)) === sig && (keyid === undefined || keyid === '' || keyid === hint),
    )
  );
}

/** What a person is told about the signature of an index; nothing when a trusted key made it. */
export function signatureFindings(signature: IndexSignature): Finding[] {
  switch (signature.at) {
    case 'none':
    case 'trusted':
    case 'unchecked':
      return [];
    case 'unsigned':
      return [
        {
          code: 'MEDIA_INDEX_UNSIGNED',
          severity: 'warn',
          at: MEDIA_PATHS.index,
          message: 'nobody signed the index of this set; its bundles carry their own signatures',
          next: 'Ask the publisher to write the set with a key, if your site expects it.',
        },
      ];
    case 'unknown-signer':
      return [
        {
          code: 'MEDIA_INDEX_SIGNER_UNKNOWN',
          severity: 'warn',
          at: MEDIA_PATHS.indexSignature,
          message:
            signature.hint === CERTIFICATE_HINT
              ? 'the index is signed with a certificate; only trusted keys vouch for an index here'
              : `the index is signed by ${JSON.stringify(signature.hint)}, a key that is not trusted here`,
          next: 'Compare the key with the publisher; an administrator can trust it on the Trust screen.',
        },
      ];
    case 'invalid':
      return [
        {
          code: 'MEDIA_INDEX_SIGNATURE_INVALID',
          severity: 'block',
          at: MEDIA_PATHS.indexSignature,
          message: `the signature of the index does not hold: ${signature.reason}`,
          next: 'Use another stick of the set, or write the set again.',
        },
      ];
  }
}
