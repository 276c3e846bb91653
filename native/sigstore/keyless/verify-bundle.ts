import type { KeyObject } from 'node:crypto';
import type { Fact, Signer } from '#contracts/verdict.ts';
import { isAppError, type AppError, type Digest, type Instant } from '#core/base/index.ts';
import { readCertificate, type SigningCertificate } from './certificate.ts';
import { contentOfDigest, contentOfStream, type SignedContent } from './content.ts';
import {
  checkAmount,
  checkDemand,
  checkHint,
  checkIdentity,
  checkMaterial,
  openDemandedKey,
  type SignerDemand,
} from './demands.ts';
import { parseBundle } from './document.ts';
import { establishedFacts, type SignedStage } from './facts.ts';
import type { FulcioExtensions } from './fulcio-extensions.ts';
import type { Thresholds } from './library.ts';
import { refusal } from './refusal.ts';
import { checkSubject, subjectOf, type Subject } from './signed-subject.ts';
import type { TrustedRoot } from './trusted-root.ts';
import { verifyEvidence, type OpenSigner } from './verify-evidence.ts';

export interface VerifyBundleInput {
  readonly bundle: Uint8Array;
  /** The content, or only its SHA-256. */
  readonly artifact: { readonly stream: AsyncIterable<Uint8Array> } | { readonly digest: Digest };
  readonly demand: SignerDemand;
  readonly root: TrustedRoot;
  readonly thresholds: Thresholds;
  /** Only to say how old the evidence is: no clause reads it, because a plant clock may be wrong by years. */
  readonly now: Instant;
}

/** The answer to one question: did exactly this signer sign exactly this content? */
export type SigstoreVerdict = VerifiedSignature | RefusedSignature;

interface VerifiedSignature {
  readonly verified: true;
  readonly facts: readonly Fact[];
  readonly signer: Signer;
  /** What the certificate says about source and build; null for a key. */
  readonly certificate: FulcioExtensions | null;
  readonly artifact: Digest;
}

interface RefusedSignature {
  readonly verified: false;
  readonly facts: readonly Fact[];
  readonly refused: AppError;
  /** Known as soon as the signature holds, so that a wrong signer can be read before anybody trusts it. */
  readonly signer: Signer | null;
  readonly certificate: FulcioExtensions | null;
}

/**
 * Verifies a Sigstore bundle offline: nothing is fetched, and the only times that count are those of the evidence.
 * A clause that does not hold is a refusal with its code; only faults of the machine (a file that cannot be read) are thrown.
 */
export async function verifySigstoreBundle(input: VerifyBundleInput): Promise<SigstoreVerdict> {
  const { demand, thresholds, now } = input;
  let signed: SignedStage | null = null;
  try {
    checkDemand(demand); // M1
    signed = await verifySignature(input);
    checkIdentity(demand, signed.certificate); // P1, P2
    const facts = establishedFacts({ ...signed, stage: 'demanded' }, thresholds, now);
    const artifact: Digest = `sha256:${signed.content.sha256.toString('hex')}`;
    return {
      verified: true,
      facts,
      signer: signed.signer,
      certificate: signed.certificate?.extensions ?? null,
      artifact,
    };
  } catch (error) {
    if (!isAppError(error) || !REFUSALS.test(error.code)) throw error;
    return {
      verified: false,
      facts: establishedFacts(signed ?? { stage: 'unsigned' }, thresholds, now),
      refused: error,
      signer: signed?.signer ?? null,
      certificate: signed?.certificate?.extensions ?? null,
    };
  }
}

const REFUSALS = /^(?:SIGNATURE_|BUNDLE_SIGN|INPUT_)/;

/** Everything but the last question: whether the signer is the demanded one. */
async function verifySignature(input: VerifyBundleInput): Promise<SignedStage> {
  const { demand, root, thresholds } = input;
  const document = parseBundle(input.bundle); // B1 to B4
  const subject = subjectOf(document);
  const certificate = readCertificate(document); // C1 to C4
  checkMaterial(demand, certificate); // M2
  const signer = signerOf(demand, certificate);
  if (certificate === null) checkHint(document.verificationMaterial.publicKey?.hint, signer.named.id); // M3
  checkAmount(document, thresholds, certificate); // A1, A2
  const content = await readContent(input, subject, signer.publicKey);
  checkSubject(subject, content); // S1, S2
  return verifyEvidence({ document, subject, content, certificate, signer, root, thresholds }); // T1 to T5, L1 to L5
}

function signerOf(demand: SignerDemand, certificate: SigningCertificate | null): OpenSigner {
  if (certificate !== null) {
    const { identity, issuer, publicKey } = certificate;
    return { publicKey, named: { kind: 'identity', id: identity, name: identity, issuer } };
  }
  if (demand.kind !== 'key') throw refusal('SIGNATURE_MATERIAL_WRONG', 'no key was named');
  const { publicKey, keyId } = openDemandedKey(demand.publicKeyPem);
  return {
    publicKey,
    named: { kind: 'key', id: keyId, name: keyId },
    ...(demand.validFor === undefined ? {} : { validFor: demand.validFor }),
  };
}

function readContent(
  { artifact }: VerifyBundleInput,
  subject: Subject,
  key: KeyObject,
): Promise<SignedContent> | SignedContent {
  if ('digest' in artifact) return contentOfDigest(Buffer.from(artifact.digest.slice('sha256:'.length), 'hex'));
  const isMessage = subject.kind === 'message';
  return contentOfStream(artifact.stream, {
    message: isMessage ? subject.hash : null,
    keepBytes: isMessage && key.asymmetricKeyType === 'ed25519',
  });
}
