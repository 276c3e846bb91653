import type { KeyObject } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, VerificationError, Verifier, type SignedEntity, type TrustMaterial } from '@sigstore/verify';
import { AppError } from '#core/base/index.ts';
import type { SigningCertificate } from './certificate.ts';
import type { SignedContent } from './content.ts';
import type { BundleDocument } from './document.ts';
import { decoded, refusal, type RefusalCode } from './refusal.ts';
import type { Subject } from './signed-subject.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** How much evidence is needed: numbers of the policy, never defaults of a library. */
export interface Thresholds {
  readonly logThreshold: number;
  /** Timestamps of authorities and promises of logs count alike: both say when. */
  readonly timestampThreshold: number;
  readonly certificateLogThreshold: number;
}

/** A key that was named in advance, and since when until when it is trusted. */
export interface NamedKey {
  readonly publicKey: KeyObject;
  readonly validFor?: { readonly start: Date; readonly end: Date };
}

export interface LibraryInput {
  readonly document: BundleDocument;
  readonly subject: Subject;
  readonly content: SignedContent;
  readonly root: TrustedRoot;
  readonly key: NamedKey | null;
  readonly certificate: SigningCertificate | null;
  readonly thresholds: Thresholds;
}

/**
 * What the stock library does right, in its order: timestamps (T5), certificate chain at every time and SCT, log promise, inclusion proof and
 * checkpoint, agreement of entry and content, and the signature itself. It is given the bundle, our reading of the trusted root and our
 * way to verify content; its regular expressions for identities are not used.
 */
export function verifyWithLibrary(input: LibraryInput): void {
  const { logThreshold: tlogThreshold, certificateLogThreshold: ctlogThreshold, timestampThreshold } = input.thresholds;
  const bundle = decoded(() => bundleFromJSON(input.document), 'SIGNATURE_DOCUMENT_INVALID', 'the bundle');
  const entity = decoded(() => toSignedEntity(bundle), 'SIGNATURE_EVIDENCE_MALFORMED', 'the evidence');
  const bound = withContent(entity, input);
  try {
    new Verifier(trustOf(input), { tlogThreshold, ctlogThreshold, timestampThreshold }).verify(bound);
  } catch (error) {
    throw refusalOf(error, input, bound);
  }
}

function trustOf({ root, key }: LibraryInput): TrustMaterial {
  return {
    ...root.material,
    publicKey: () => {
      if (key === null) throw refusal('SIGNATURE_MATERIAL_WRONG', 'no key was named');
      const { publicKey, validFor } = key;
      // The stock finder for keys answers "valid for all time".
      return {
        publicKey,
        validFor: (time) => validFor === undefined || (validFor.start <= time && time <= validFor.end),
      };
    },
  };
}

/** A message signature is verified by us: the library needs the bytes and reads them whole. */
function withContent(entity: SignedEntity, { subject, content }: LibraryInput): SignedEntity {
  if (subject.kind === 'statement') return entity;
  const isDigest = (digest: Buffer): boolean => digest.equals(subject.digest);
  return {
    ...entity,
    signature: {
      signature: subject.signature,
      compareSignature: (signature) => signature.equals(subject.signature),
      compareDigest: isDigest,
      compareSignedDigest: isDigest,
      verifySignature: (key) => content.isSignedBy(key, subject.signature, subject.hash),
    },
  };
}

function refusalOf(error: unknown, input: LibraryInput, entity: SignedEntity): AppError {
  if (error instanceof AppError) return error;
  // Whatever else the library throws over hostile bytes is its accident, not our verdict.
  if (!(error instanceof VerificationError))
    return refusal('SIGNATURE_EVIDENCE_MALFORMED', 'the evidence cannot be verified', error);
  if (error.code === 'CERTIFICATE_ERROR')
    return refusal(certificateCode(error, input.certificate, timesOf(entity)), error.message, error);
  // The library looks at the log first. When the signature itself is wrong, that is the cause, and the entry is only a witness of it.
  if (error.code === 'TLOG_BODY_ERROR' && !entity.signature.verifySignature(keyOf(input)))
    return refusal('BUNDLE_SIGNATURE_INVALID', 'the signature is not by the signer over this content', error);
  return refusal(CODES[error.code], error.message, error);
}

function keyOf({ certificate, key }: LibraryInput): KeyObject {
  const publicKey = certificate?.publicKey ?? key?.publicKey;
  if (publicKey === undefined) throw refusal('SIGNATURE_MATERIAL_WRONG', 'no key was named');
  return publicKey;
}

const CODES: Readonly<Record<Exclude<VerificationError['code'], 'CERTIFICATE_ERROR'>, RefusalCode>> = {
  TIMESTAMP_ERROR: 'SIGNATURE_TIMESTAMP_INVALID',
  TLOG_ERROR: 'SIGNATURE_LOG_MISSING',
  TLOG_MISSING_INCLUSION_ERROR: 'SIGNATURE_LOG_PROOF_MISSING',
  TLOG_INCLUSION_PROMISE_ERROR: 'SIGNATURE_LOG_PROMISE_INVALID',
  TLOG_INCLUSION_PROOF_ERROR: 'SIGNATURE_LOG_PROOF_INVALID',
  TLOG_BODY_ERROR: 'SIGNATURE_LOG_ENTRY_MISMATCH',
  PUBLIC_KEY_ERROR: 'SIGNATURE_OUTSIDE_KEY',
  SIGNATURE_ERROR: 'BUNDLE_SIGNATURE_INVALID',
  NOT_IMPLEMENTED_ERROR: 'SIGNATURE_EVIDENCE_MALFORMED',
};

/** One code of the library covers time, chain and SCT; the tests hold the two texts of the pinned version that name SCTs. */
function certificateCode(
  error: VerificationError,
  certificate: SigningCertificate | null,
  times: readonly Date[],
): RefusalCode {
  if (times.some((time) => certificate?.x509.validForDate(time) === false)) return 'SIGNATURE_OUTSIDE_CERTIFICATE';
  return /\bSCTs?\b/.test(error.message) ? 'SIGNATURE_SCT_INVALID' : 'SIGNATURE_CERTIFICATE_UNTRUSTED';
}

function timesOf(entity: SignedEntity): Date[] {
  return entity.timestamps.map((timestamp) =>
    timestamp.$case === 'timestamp-authority'
      ? timestamp.timestamp.signingTime
      : new Date(Number(timestamp.tlogEntry.integratedTime) * 1000),
  );
}
