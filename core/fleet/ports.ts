import type { Instant } from '#core/base/index.ts';

/** A certificate that the site CA issued. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  /** SubjectPublicKeyInfo: what the holder's documents are verified with. */
  readonly publicKeyPem: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** A certificate that must not be accepted before its own end. */
export interface Revocation {
  readonly serial: string;
  readonly revokedAt: Instant;
}

/** The part of the site CA that enrolment needs. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  /** SHA-256 of the CA certificate's DER form, lower-case hex; an enrolment code carries its first half. */
  readonly fingerprint: string;
  /**
   * A client certificate for the key of this request; the CA chooses the subject, the request's own is ignored.
   * Untrusted: `csrPem`. Throws ENROLMENT_REQUEST_INVALID for a malformed request, a wrong key type or a missing proof of possession.
   */
  signDevice(request: { csrPem: string; site: string; device: string }): Promise<IssuedCertificate>;
  /** A certificate revocation list (RFC 5280) for other engines: brokers, registries, proxies. */
  issueRevocationList(entries: readonly Revocation[]): Promise<string>;
}

/** Facts about the certificate at the other end of a TLS connection, after its chain was verified. */
export interface PeerIdentity {
  readonly site: string;
  readonly device: string;
  readonly serial: string;
  readonly fingerprint: string;
  readonly notAfter: Instant;
}

/** Why the station turned a machine away. */
export interface Refusal {
  /** The device that the certificate names, when it names one. */
  readonly device: string | null;
  readonly via: 'mqtt' | 'https';
  readonly why:
    | 'no-certificate'
    | 'certificate-not-verified'
    | 'certificate-expired'
    | 'certificate-names-no-device'
    | 'other-site'
    | 'not-admitted'
    | 'client-id-differs'
    | 'topic-not-allowed';
}

/** Decides for the servers of the station who may act as a device. */
export interface DeviceGate {
  /** May this certificate act for its device now? Asked at every connect and every request; known, unrevoked and the one that was enrolled. */
  admits(identity: PeerIdentity): boolean;
  /** Told of every machine that was turned away. Must not throw. */
  refused(refusal: Refusal): void;
}
