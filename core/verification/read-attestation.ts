import { z } from 'zod';
import { MEDIA_TYPES, MODEL_SIGNATURE_PREDICATE, PREDICATE_TYPES } from '#contracts/bundle.ts';
import { isAppError, type Digest, type Finding } from '#core/base/index.ts';
import { BUNDLE_LIMITS, findingOf, readBytes, type Adopted, type LoadedReferrer } from '#core/bundle/index.ts';
import { compareFiles, readSignedFolder, type SignedFolder } from '#core/model-signing/index.ts';
import { InTotoStatement, speaksAbout } from '#core/provenance/index.ts';
import type { BlobReader, Hasher } from '#core/storage/ports.ts';
import type { AttestationResult, AttestationVerifier, SignatureDemands, VerifiedAttestation } from './ports.ts';
import { readSignedJson } from './read-signed-json.ts';
import { SigstoreDocument } from './sigstore-document.ts';

/** A statement about this bundle whose signature holds under the policy. */
export interface TrustedStatement {
  readonly signature: VerifiedAttestation;
  readonly predicateType: string;
  readonly predicate: unknown;
  /** Set when it covers the files that the bundle was made from, and not the bundle: the making has to be repeated. */
  readonly folder?: SignedFolder;
}

export interface AttestationQuestion {
  readonly reader: BlobReader;
  readonly subject: Digest;
  /** The files that the bundle was made from; null when it was made as one. */
  readonly adopted: Adopted | null;
  readonly hasher: Hasher;
  readonly attestations: AttestationVerifier;
  readonly demands: SignatureDemands;
}

type AttestationRead = { readonly statement: TrustedStatement } | { readonly findings: readonly Finding[] };

/** Whether a document brings a signature: Sigstore bundles as referrers, and what `core/bundle` found under the tags of cosign v2. */
export function isSigned({ kind, artifactType }: LoadedReferrer): boolean {
  return (
    kind === 'cosign-v2-signature' ||
    kind === 'cosign-v2-attestation' ||
    (kind === 'referrer' && artifactType === MEDIA_TYPES.sigstoreBundle)
  );
}

const SIGNATURE_CLAIMS: ReadonlySet<string> = new Set([PREDICATE_TYPES.signature, MODEL_SIGNATURE_PREDICATE, '']);

/** Whether it claims to be the signature of the bundle. cosign v3 does not always write a predicate type on a bare signature. */
export function claimsSignature(referrer: LoadedReferrer): boolean {
  if (referrer.kind === 'cosign-v2-signature') return true;
  return isSigned(referrer) && SIGNATURE_CLAIMS.has(referrer.claims);
}

/** Untrusted: one attached document, verified, and bound to this bundle. */
export async function readAttestation(
  referrer: LoadedReferrer,
  question: AttestationQuestion,
): Promise<AttestationRead> {
  const at = `referrer ${referrer.manifest.digest.slice(7, 19)}`;
  const bytes = await readBytes(question.reader, referrer.layer, BUNDLE_LIMITS.attestationBytes);
  if (!bytes.ok) return bytes;
  const annotations = referrer.layer.annotations ?? {};
  switch (referrer.kind) {
    case 'cosign-v2-signature':
      return readPayload(bytes.value, annotations, { ...question, at });
    case 'cosign-v2-attestation': {
      const layer = { kind: 'envelope', bytes: bytes.value, annotations } as const;
      return readStatement(question.attestations.verifyLayer(layer, question.demands), { ...question, at });
    }
    case 'referrer':
    case 'cosign-v2-sbom':
      return readSigstoreBundle(bytes.value, { ...question, at });
  }
}

type Located = AttestationQuestion & { readonly at: string };

async function readSigstoreBundle(bytes: Uint8Array, question: Located): Promise<AttestationRead> {
  const { at, demands, attestations } = question;
  const document = readSignedJson(bytes, SigstoreDocument, { at, invalid: 'SIGNATURE_DOCUMENT_INVALID' });
  if (!document.ok) return document;
  if (document.value.messageSignature === undefined)
    return readStatement(attestations.verify(document.value, demands), question);
  const manifest = await manifestBytes(question);
  if ('findings' in manifest) return manifest;
  return asSignature(attestations.verify(document.value, demands, manifest.bytes), at);
}

/** A message signature is over the bytes of the manifest whose digest is the bundle's. */
async function manifestBytes({
  reader,
  subject,
  at,
}: Located): Promise<{ bytes: Uint8Array } | { findings: readonly Finding[] }> {
  try {
    return { bytes: await reader.read(subject, BUNDLE_LIMITS.manifestBytes) };
  } catch (error) {
    // The bundle's own reading names the fault of its manifest, or throws the machine's.
    if (!isAppError(error)) throw error;
    return { findings: [findingOf('ATTESTATION_INVALID', at, error.message)] };
  }
}

/** cosign, specs/SIGNATURE_SPEC.md, "Payload": simple signing. */
const SimpleSigning = z.looseObject({
  critical: z.looseObject({
    image: z.looseObject({ 'docker-manifest-digest': z.string() }),
    type: z.literal('cosign container image signature'),
  }),
});

/** The layer that cosign v2 signs names the manifest; its tag says nothing that counts. */
function readPayload(
  bytes: Uint8Array,
  annotations: Readonly<Record<string, string>>,
  { at, subject, attestations, demands }: Located,
): AttestationRead {
  const signature = attestations.verifyLayer({ kind: 'message', bytes, annotations }, demands);
  if (!signature.ok) return { findings: [findingOf(signature.code, at, signature.detail)] };
  const payload = readSignedJson(bytes, SimpleSigning, { at, invalid: 'SIGNATURE_PAYLOAD_INVALID' });
  if (!payload.ok) return payload;
  const named = payload.value.critical.image['docker-manifest-digest'];
  if (named !== subject) return { findings: [findingOf('SIGNATURE_SUBJECT_MISMATCH', at, `It names ${named}.`)] };
  return asSignature(signature, at);
}

function asSignature(signature: AttestationResult, at: string): AttestationRead {
  return signature.ok
    ? { statement: { signature, predicateType: PREDICATE_TYPES.signature, predicate: null } }
    : { findings: [findingOf(signature.code, at, signature.detail)] };
}

function readStatement(signature: AttestationResult, question: Located): AttestationRead {
  const { at, subject } = question;
  if (!signature.ok) return { findings: [findingOf(signature.code, at, signature.detail)] };
  if (signature.payloadType !== MEDIA_TYPES.inToto)
    return { findings: [findingOf('SIGNATURE_PAYLOAD_TYPE_WRONG', at, `It is ${signature.payloadType}.`)] };
  const statement = readSignedJson(signature.payload, InTotoStatement, { at, invalid: 'SIGNATURE_STATEMENT_INVALID' });
  if (!statement.ok) return statement;
  if (statement.value.predicateType === MODEL_SIGNATURE_PREDICATE)
    return readFolderSignature(statement.value, signature, question);
  // The stock library never compares the subject with the content.
  if (!speaksAbout(statement.value, subject)) return { findings: [findingOf('SIGNATURE_SUBJECT_MISMATCH', at)] };
  const { predicateType, predicate } = statement.value;
  return { statement: { signature, predicateType, predicate } };
}

/** OpenSSF Model Signing: the signature is about files. It counts when the bundle keeps exactly those, under their names. */
function readFolderSignature(
  statement: InTotoStatement,
  signature: VerifiedAttestation,
  { at, adopted, hasher }: Located,
): AttestationRead {
  if (adopted === null)
    return {
      findings: [
        findingOf('SIGNATURE_SUBJECT_MISMATCH', at, 'It signs the files of a folder; this bundle keeps none.'),
      ],
    };
  const read = readSignedFolder(statement, hasher);
  if ('findings' in read) return read;
  const differences = compareFiles(read.folder.files, adopted.files);
  if (differences.length > 0) return { findings: differences };
  return {
    statement: { signature, predicateType: PREDICATE_TYPES.signature, predicate: null, folder: read.folder },
  };
}
