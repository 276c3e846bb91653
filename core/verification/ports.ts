import type { Signer, TrustedKey } from '#contracts/verdict.ts';
import type { SigstoreDocument } from './sigstore-document.ts';

export type { SigstoreDocument } from './sigstore-document.ts';

/** What the policy demands of one signature. */
export interface SignatureDemands {
  readonly material: 'key' | 'identity';
  /** Every key that the site knows; which channel a key may sign for is decided elsewhere. */
  readonly keys: readonly TrustedKey[];
  readonly logThreshold: number;
  readonly timestampThreshold: number;
}

/** Why a signature does not hold. */
export type SignatureFault =
  | 'ATTESTATION_INVALID'
  | 'BUNDLE_SIGNATURE_INVALID'
  | 'BUNDLE_SIGNER_UNTRUSTED'
  | 'SIGNATURE_MATERIAL_WRONG'
  | 'SIGNATURE_LOG_MISSING'
  | 'SIGNATURE_TIMESTAMP_MISSING';

/** A signature that holds, over exactly `payload`. */
export interface VerifiedAttestation {
  readonly ok: true;
  readonly signer: Signer;
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** Log entries and timestamps that were checked and hold. */
  readonly logEntries: number;
  readonly timestamps: number;
}

export type AttestationResult =
  VerifiedAttestation | { readonly ok: false; readonly code: SignatureFault; readonly detail: string };

/**
 * Verifies one Sigstore bundle (v0.3) offline. Synchronous and pure: same document, same demands, same answer; nothing is fetched.
 * The adapter finds the key by exactly the hint in the bundle, never by trying keys, and throws only for its own bugs.
 */
export interface AttestationVerifier {
  verify(document: SigstoreDocument, demands: SignatureDemands): AttestationResult;
}
