import type { Channel } from '#contracts/bundle.ts';
import type { SignatureCode } from '#contracts/errors/signature.ts';
import type { VerificationCode } from '#contracts/errors/verification.ts';
import type { Signer, TrustedIdentity, TrustedKey } from '#contracts/verdict.ts';
import type { Instant } from '#core/base/index.ts';
import type { SigstoreDocument } from './sigstore-document.ts';

export type { SigstoreDocument } from './sigstore-document.ts';

/** What the policy demands of one signature. */
export interface SignatureDemands {
  readonly material: 'key' | 'identity';
  /** Every key that the site knows; which channel a key may sign for is decided elsewhere. */
  readonly keys: readonly TrustedKey[];
  /** Every identity that the site knows. Each field is compared exactly, never as a pattern. */
  readonly identities: readonly TrustedIdentity[];
  /** Sigstore trusted root (JSON text) under which certificates, log entries and timestamps are checked; null: nothing of the kind counts. */
  readonly trustedRoot: string | null;
  readonly logThreshold: number;
  readonly timestampThreshold: number;
}

/** Why a signature does not hold. */
export type SignatureFault = VerificationCode | SignatureCode | 'BUNDLE_SIGNATURE_INVALID' | 'BUNDLE_SIGNER_UNTRUSTED';

/** What a certificate states about source and build, by the name of Fulcio's extension. */
export type CertificateClaims = Readonly<Record<string, string>>;

/** A time that somebody other than the signer vouches for. */
export interface WitnessedTime {
  readonly at: Instant;
  readonly kind: 'log' | 'timestamp';
}

/** A signature that holds, over exactly `payload`. */
export interface VerifiedAttestation {
  readonly ok: true;
  readonly signer: Signer;
  /** Channels for which the site lets this signer sign. */
  readonly channels: readonly Channel[];
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** Log entries and timestamps that were checked and hold. */
  readonly logEntries: number;
  readonly timestamps: number;
  /** What the evidence says, in words: which entry of which log, and when. */
  readonly evidence: {
    readonly log: string;
    readonly time: string;
    readonly signedAt: Instant | null;
    /** When a log or a timestamp authority saw the signature; each was verified under the trusted root. */
    readonly witnessed: readonly WitnessedTime[];
  };
  /** Null for a key. */
  readonly certificate: CertificateClaims | null;
}

export interface RefusedAttestation {
  readonly ok: false;
  readonly code: SignatureFault;
  readonly detail: string;
}

export type AttestationResult = VerifiedAttestation | RefusedAttestation;

/** What a Sigstore bundle or a layer of cosign v2 is over, when it does not bring the signed bytes itself. */
export interface SignedLayer {
  /** `message`: the signature is over these bytes. `envelope`: these bytes are a DSSE envelope. */
  readonly kind: 'message' | 'envelope';
  readonly bytes: Uint8Array;
  /** Signature, certificate, chain, log entry and timestamp as cosign v2 writes them. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** One log or authority of a trusted root. `keyId` is the SHA-256 of its key, hex. */
export interface TrustedRootEntry {
  readonly name: string;
  readonly keyId: string;
  /** Null: the root does not say since when, so that it vouches for nothing. */
  readonly validFrom: Instant | null;
  /** Null: until now. */
  readonly validTo: Instant | null;
}

/** Whom a Sigstore trusted root names. */
export interface TrustedRootSummary {
  readonly logs: readonly TrustedRootEntry[];
  readonly authorities: readonly TrustedRootEntry[];
  readonly timestampAuthorities: readonly TrustedRootEntry[];
  readonly ctLogs: readonly TrustedRootEntry[];
  /** SHA-256 of the text, to compare by phone. */
  readonly digest: string;
}

/**
 * Verifies signatures offline. Synchronous and pure: same document, same demands, same answer; nothing is fetched.
 * The adapter finds a key by exactly the hint in the bundle and an identity by exactly its certificate, and throws only for its own bugs.
 */
export interface AttestationVerifier {
  /** One Sigstore bundle (v0.3). `message` is what a message signature has to be over; an envelope brings its own payload. */
  verify(document: SigstoreDocument, demands: SignatureDemands, message?: Uint8Array): AttestationResult;
  /** One layer as cosign v2 tags it. A key signature names no key there: every trusted key may be the one. */
  verifyLayer(layer: SignedLayer, demands: SignatureDemands): AttestationResult;
  /** Whom the trusted root names; null when it cannot be read. */
  describeRoot(json: string): TrustedRootSummary | null;
}
