import { MEDIA_TYPES } from '#contracts/bundle.ts';
import { MIB } from '#core/base/index.ts';
import { InTotoStatement, speaksAbout } from '#core/provenance/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { SignedContent } from './content.ts';
import type { HashName } from './digest-signature.ts';
import type { BundleDocument } from './document.ts';
import { refusal } from './refusal.ts';

const STATEMENT_LIMIT_BYTES = 32 * MIB;

const HASHES = { SHA2_256: 'sha256', SHA2_384: 'sha384', SHA2_512: 'sha512' } as const satisfies Record<
  string,
  HashName
>;

/** What is signed, and how. */
export type Subject =
  | { readonly kind: 'message'; readonly hash: HashName; readonly digest: Buffer; readonly signature: Buffer }
  | { readonly kind: 'statement'; readonly payload: Buffer; readonly payloadType: string; readonly signature: Buffer };

/** The one content of a bundle. */
export function subjectOf({ messageSignature, dsseEnvelope }: BundleDocument): Subject {
  if (messageSignature !== undefined) {
    const { messageDigest, signature } = messageSignature;
    return {
      kind: 'message',
      hash: HASHES[messageDigest.algorithm],
      digest: bytes(messageDigest.digest),
      signature: bytes(signature),
    };
  }
  const [signature] = dsseEnvelope?.signatures ?? [];
  if (dsseEnvelope === undefined || signature === undefined)
    throw refusal('SIGNATURE_DOCUMENT_INVALID', 'the bundle has no content');
  return {
    kind: 'statement',
    payload: bytes(dsseEnvelope.payload),
    payloadType: dsseEnvelope.payloadType,
    signature: bytes(signature.sig),
  };
}

/**
 * S1 a message signature states the digest of this content; S2 a statement is in-toto and has this content among its subjects.
 * The stock library checks neither: it trusts the stated digest, and never looks at the subjects. What the statement claims beyond that
 * is read by whoever asked.
 */
export function checkSubject(subject: Subject, content: SignedContent): void {
  if (subject.kind === 'message') {
    if (!content.digest(subject.hash).equals(subject.digest))
      throw refusal(
        'SIGNATURE_SUBJECT_MISMATCH',
        `the signature is for content with ${subject.hash} ${subject.digest.toString('hex')}`,
      );
    return;
  }
  const statement = readStatement(subject);
  if (!speaksAbout(statement, `sha256:${content.sha256.toString('hex')}`))
    throw refusal('SIGNATURE_SUBJECT_MISMATCH', 'the content is not among the subjects of the statement');
}

function readStatement({ payload, payloadType }: Extract<Subject, { kind: 'statement' }>): InTotoStatement {
  if (payloadType !== MEDIA_TYPES.inToto)
    throw refusal('SIGNATURE_STATEMENT_INVALID', `the payload is ${JSON.stringify(payloadType)}`);
  let json: unknown;
  try {
    json = parseStrictJson(payload, { bytes: STATEMENT_LIMIT_BYTES });
  } catch (error) {
    throw refusal('SIGNATURE_STATEMENT_INVALID', 'the statement is not one JSON document', error);
  }
  const statement = InTotoStatement.safeParse(json);
  if (!statement.success)
    throw refusal('SIGNATURE_STATEMENT_INVALID', 'the payload is not an in-toto statement', statement.error);
  return statement.data;
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
