import type { KeyObject } from 'node:crypto';
import type { Signer } from '#contracts/verdict.ts';
import type { SigningCertificate } from './certificate.ts';
import type { SignedContent } from './content.ts';
import type { BundleDocument } from './document.ts';
import type { SignedStage } from './facts.ts';
import { verifyWithLibrary, type Thresholds } from './library.ts';
import { checkLogEntries } from './log-entries.ts';
import type { Subject } from './signed-subject.ts';
import { checkTimestamps } from './timestamps.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** The key that a signature has to be by, and whose it is. */
export interface OpenSigner {
  readonly publicKey: KeyObject;
  readonly named: Signer;
  readonly validFor?: { readonly start: Date; readonly end: Date };
}

/** A document whose signer and content are known. */
export interface SignedQuestion {
  readonly document: BundleDocument;
  readonly subject: Subject;
  readonly content: SignedContent;
  readonly certificate: SigningCertificate | null;
  readonly signer: OpenSigner;
  readonly root: TrustedRoot;
  readonly thresholds: Thresholds;
}

/** T1 to T4 timestamps, L1 to L5 log entries, then the library: T5, chain, SCT, log proofs and the signature itself. */
export function verifyEvidence(question: SignedQuestion): SignedStage {
  const { document, subject, content, certificate, signer, root, thresholds } = question;
  const timestamps = checkTimestamps(document, subject.signature, root);
  const spki = signer.publicKey.export({ type: 'spki', format: 'der' });
  checkLogEntries({ document, root, timestamps, signer: { certificate: certificate?.der ?? null, spki } });
  const key = certificate === null ? signer : null;
  verifyWithLibrary({ document, subject, content, root, certificate, thresholds, key });
  return { stage: 'signed', subject, content, signer: signer.named, certificate, document, timestamps };
}
