import type { BundleDocument, BundleLogEntry } from './document.ts';
import { readLoggedSigner } from './logged-signer.ts';
import { refusal } from './refusal.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** What a log entry must agree with. */
export interface LogClaims {
  readonly document: BundleDocument;
  readonly root: TrustedRoot;
  /** DER of the certificate or of the public key that signed. */
  readonly signer: { readonly certificate: Buffer | null; readonly spki: Buffer };
  /** Times stated by timestamp authorities; an entry without a promise has no time of its own. */
  readonly timestamps: readonly Date[];
}

/**
 * Untrusted: the log clauses that the stock library leaves to its caller. L1 the entry brings the evidence that its bundle version
 * demands; L2 the log is in the trusted root, with a start; L3 every time of the entry lies in the log's window; L4 proof and
 * checkpoint name one tree; L5 the entry names this signer. Promise, checkpoint signature, Merkle path and content are the library's part.
 */
export function checkLogEntries(claims: LogClaims): void {
  for (const entry of claims.document.verificationMaterial.tlogEntries ?? []) {
    checkEvidence(entry, claims.document);
    checkLog(entry, claims);
    checkTree(entry);
    checkSigner(entry, claims);
  }
}

/** L1: version 0.1 needs the log's promise, later ones the inclusion proof with its checkpoint. */
function checkEvidence({ inclusionPromise, inclusionProof }: BundleLogEntry, { version }: BundleDocument): void {
  if (version === '0.1' && !inclusionPromise)
    throw refusal('SIGNATURE_LOG_PROOF_MISSING', 'a bundle of version 0.1 needs the promise of the log');
  if (version !== '0.1' && !inclusionProof)
    throw refusal('SIGNATURE_LOG_PROOF_MISSING', `a bundle of version ${version} needs an inclusion proof`);
  if (inclusionProof && inclusionProof.checkpoint === undefined)
    throw refusal('SIGNATURE_LOG_PROOF_MISSING', 'the inclusion proof has no checkpoint');
}

/** L2 and L3; both ends of a window count as inside. */
function checkLog(entry: BundleLogEntry, { root, timestamps }: LogClaims): void {
  const id = Buffer.from(entry.logId.keyId, 'base64');
  const known = root.material.tlogs.filter((log) => log.logID.equals(id));
  if (known.length === 0) {
    if (root.logsWithoutStart.has(id.toString('hex')))
      throw refusal('SIGNATURE_LOG_OUTSIDE_WINDOW', 'the trusted root does not say since when it trusts this log');
    throw refusal('SIGNATURE_LOG_UNKNOWN', `log ${id.toString('hex')} is not in the trusted root`);
  }
  const times = entry.inclusionPromise ? [new Date(Number(entry.integratedTime ?? 0) * 1000)] : timestamps;
  const outside = times.find((time) => !known.some(({ validFor }) => validFor.start <= time && time <= validFor.end));
  if (outside !== undefined)
    throw refusal('SIGNATURE_LOG_OUTSIDE_WINDOW', `${outside.toISOString()} lies outside the window of the log`);
}

/** L4: the library reads size and root from the checkpoint only; a proof that states others is contradicting itself. */
function checkTree({ inclusionProof }: BundleLogEntry): void {
  if (!inclusionProof?.checkpoint) return;
  const [origin, size, rootHash] = inclusionProof.checkpoint.envelope.split('\n');
  if (
    origin === undefined ||
    origin === '' ||
    size === undefined ||
    !/^\d{1,19}$/.test(size) ||
    rootHash === undefined
  ) {
    throw refusal('SIGNATURE_LOG_CHECKPOINT_INVALID', 'the checkpoint does not begin with origin, size and root hash');
  }
  if (BigInt(size) !== BigInt(inclusionProof.treeSize))
    throw refusal(
      'SIGNATURE_LOG_CHECKPOINT_INVALID',
      `the proof is for ${String(inclusionProof.treeSize)} entries, the checkpoint for ${size}`,
    );
  if (rootHash !== inclusionProof.rootHash)
    throw refusal('SIGNATURE_LOG_CHECKPOINT_INVALID', 'proof and checkpoint have different root hashes');
}

/** L5: without it, the logged signature of somebody else could stand for this one. */
function checkSigner(entry: BundleLogEntry, { signer }: LogClaims): void {
  const logged = readLoggedSigner(entry);
  const isSame =
    logged.kind === 'certificate' ? signer.certificate?.equals(logged.der) === true : signer.spki.equals(logged.der);
  if (!isSame) throw refusal('SIGNATURE_LOG_ENTRY_MISMATCH', `the entry names another ${logged.kind}`);
}
