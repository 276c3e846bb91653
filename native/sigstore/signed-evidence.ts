import type { Channel } from '#contracts/bundle.ts';
import type { SignatureDemands, VerifiedAttestation } from '#core/verification/ports.ts';
import type { SigningCertificate } from './keyless/certificate.ts';
import { readCertificate } from './keyless/certificate.ts';
import type { SignedContent } from './keyless/content.ts';
import { checkAmount } from './keyless/demands.ts';
import type { BundleDocument } from './keyless/document.ts';
import { evidenceOf, type SignedStage } from './keyless/facts.ts';
import type { Thresholds } from './keyless/library.ts';
import { refusal } from './keyless/refusal.ts';
import { checkSubject, subjectOf, type Subject } from './keyless/signed-subject.ts';
import { parseTrustedRoot, type TrustedRoot } from './keyless/trusted-root.ts';

/** A document that may be read in two ways: with all its evidence, or with what the policy counts only. */
export interface SigstoreEvidence {
  readonly json: SigstoreJson;
  readonly read: (json: unknown) => BundleDocument;
  /** What a message signature has to be over. */
  readonly content: SignedContent;
  /** Whether the format says which key signed. */
  readonly namesKey: boolean;
}

/** The members that are looked at before the document is read as a whole. */
export interface SigstoreJson {
  readonly verificationMaterial: {
    readonly publicKey?: { readonly hint?: string | undefined } | undefined;
    readonly tlogEntries?: readonly unknown[] | undefined;
    readonly timestampVerificationData?: unknown;
  };
}

export interface OpenedDocument {
  readonly document: BundleDocument;
  readonly subject: Subject;
  readonly certificate: SigningCertificate | null;
  readonly content: SignedContent;
}

/** Untrusted: document, subject and certificate, and that a message signature states the digest of the content. */
export function openDocument({ read, content }: SigstoreEvidence, json: unknown): OpenedDocument {
  const document = read(json);
  const subject = subjectOf(document);
  // The statement of an envelope is compared with the content by whoever reads it.
  if (subject.kind === 'message') checkSubject(subject, content);
  return { document, subject, certificate: readCertificate(document), content };
}

/** What the site demands of one signature, with enough evidence counted before any of it is believed. */
export function thresholdsOf(
  { logThreshold, timestampThreshold }: SignatureDemands,
  { document, certificate }: OpenedDocument,
): Thresholds {
  const thresholds = { logThreshold, timestampThreshold, certificateLogThreshold: certificate === null ? 0 : 1 };
  checkAmount(document, thresholds, certificate);
  return thresholds;
}

/** The trusted root of the demands; null when the site has none. The text rarely changes, and is read once. */
export function rootOf({ trustedRoot }: SignatureDemands): TrustedRoot | null {
  if (trustedRoot === null) return null;
  if (lastRoot?.text !== trustedRoot)
    lastRoot = { text: trustedRoot, root: parseTrustedRoot(new TextEncoder().encode(trustedRoot)) };
  return lastRoot.root;
}

let lastRoot: { readonly text: string; readonly root: TrustedRoot } | null = null;

/** The answer for a signature that holds. Two entries in one log are one witness. */
export function verifiedAttestation(
  stage: SignedStage,
  signer: Pick<VerifiedAttestation, 'signer' | 'channels'>,
  demands: SignatureDemands,
): VerifiedAttestation {
  const { log, time, signedAt, witnessed, logs, times } = evidenceOf(stage);
  if (logs.size < demands.logThreshold)
    throw refusal(
      'SIGNATURE_LOG_MISSING',
      `${String(demands.logThreshold)} logs are demanded, the entries are of ${String(logs.size)}`,
    );
  const { subject } = stage;
  return {
    ok: true,
    ...signer,
    payloadType: subject.kind === 'message' ? '' : subject.payloadType,
    payload: subject.kind === 'message' ? new Uint8Array() : new Uint8Array(subject.payload),
    logEntries: logs.size,
    timestamps: times,
    evidence: { log, time, signedAt, witnessed },
    certificate: stage.certificate?.extensions ?? null,
  };
}

/** Every channel of several entries of a trust store, each once. */
export function channelsOf(entries: readonly { readonly channels: readonly Channel[] }[]): Channel[] {
  return [...new Set(entries.flatMap((entry) => entry.channels))];
}
