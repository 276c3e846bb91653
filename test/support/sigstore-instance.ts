import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { z } from 'zod';
import { RFC3161Timestamp } from '@sigstore/core';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';

const LoggedEntry = z.object({
  body: z.string(),
  integratedTime: z.number(),
  logIndex: z.number(),
  verification: z.object({
    signedEntryTimestamp: z.string(),
    inclusionProof: z.object({
      rootHash: z.string(),
      treeSize: z.number(),
      logIndex: z.number(),
      checkpoint: z.string(),
    }),
  }),
});

/** Who a test workload is. */
export const WORKLOAD = 'https://git.example/plant/models/.ci/release.yml@refs/heads/main';
export const WORKLOAD_ISSUER = 'https://token.git.example';
/** Where the workload is built, as its certificate states it. */
export const WORKLOAD_REPOSITORY = 'https://git.example/plant/models';
export const WORKLOAD_BUILDER = 'https://git.example/plant/builders/.ci/build.yml@refs/tags/v1';
const BUILD_SIGNER = '1.3.6.1.4.1.57264.1.9';
const SOURCE_REPOSITORY = '1.3.6.1.4.1.57264.1.12';
const SOURCE_REF = '1.3.6.1.4.1.57264.1.14';
const BUILD_CONFIG = '1.3.6.1.4.1.57264.1.18';
const ISSUER = '1.3.6.1.4.1.57264.1.8';
const P256 = { namedCurve: 'P-256' } as const;

/** A signature with all that vouches for it. Certificate and entry are real, of a small instance made for the test. */
export interface KeylessEvidence {
  readonly certificate: Buffer;
  readonly signature: Buffer;
  readonly body: string;
  readonly integratedTime: number;
  readonly logIndex: number;
  readonly logId: Buffer;
  readonly promise: string;
  readonly proof: { rootHash: string; treeSize: number; logIndex: number; checkpoint: string };
}

/** What a certificate states other than usual. */
export interface WorkloadChange {
  readonly subject?: string;
  readonly issuer?: string;
  readonly ref?: string;
  readonly repository?: string;
  readonly builder?: string;
  readonly workflow?: string;
}

export interface SigstoreInstance {
  /** The trusted root of this instance, JSON text. */
  readonly trustedRoot: string;
  /** Signs with a fresh key and certificate of `subject` and logs it. */
  keyless(bytes: Uint8Array, change?: WorkloadChange): Promise<KeylessEvidence>;
  /** Logs a signature by a key. */
  logged(bytes: Uint8Array, signer: { signature: Buffer; publicKeyPem: string }): Promise<KeylessEvidence>;
  /** An RFC 3161 timestamp over a signature, base64. */
  timestamped(signature: Buffer): Promise<string>;
}

/** A Fulcio, a certificate log, a Rekor and a timestamp authority with keys of their own. Nothing listens. */
export async function aSigstoreInstance(): Promise<SigstoreInstance> {
  const [caKeys, ctKeys, logKeys, tsaKeys] = [0, 1, 2, 3].map(() => generateKeyPairSync('ec', P256));
  if (caKeys === undefined || ctKeys === undefined || logKeys === undefined || tsaKeys === undefined)
    throw new Error('no keys');
  const ct = await initializeCTLog(ctKeys);
  const ca = await initializeCA(caKeys, ct);
  const log = await initializeTLog('https://rekor.example', logKeys);
  const tsa = await initializeTSA(tsaKeys);
  const keyId = createHash('sha256').update(log.publicKey).digest();

  async function entryOf(
    bytes: Uint8Array,
    signature: Buffer,
    pem: string,
  ): Promise<Omit<KeylessEvidence, 'certificate' | 'signature'>> {
    const logged: unknown = await log.log({
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') } },
        signature: { content: signature.toString('base64'), publicKey: { content: base64(Buffer.from(pem)) } },
      },
    });
    const [entry] = Object.values(z.record(z.string(), LoggedEntry).parse(logged));
    if (entry === undefined) throw new Error('not logged');
    const proof = entry.verification.inclusionProof;
    return {
      body: entry.body,
      integratedTime: entry.integratedTime,
      logIndex: entry.logIndex,
      logId: keyId,
      promise: entry.verification.signedEntryTimestamp,
      proof: { ...proof, rootHash: base64(Buffer.from(proof.rootHash, 'hex')) },
    };
  }

  return {
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf('https://rekor.example', log.publicKey)],
      ctlogs: [logOf('https://ct.example', ct.publicKey)],
      certificateAuthorities: [authorityOf('ca.example', [ca.rootCertificate])],
      timestampAuthorities: [authorityOf('tsa.example', [tsa.intCertificate, tsa.rootCertificate])],
    }),
    keyless: async (bytes, change = {}) => {
      const { subject = WORKLOAD, issuer = WORKLOAD_ISSUER, ref = 'refs/heads/main' } = change;
      const { repository = WORKLOAD_REPOSITORY, builder = WORKLOAD_BUILDER, workflow = WORKLOAD } = change;
      const { privateKey, publicKey } = generateKeyPairSync('ec', P256);
      const certificate = Buffer.from(
        view(
          await ca.issueCertificate({
            publicKey: publicKey.export({ type: 'spki', format: 'der' }),
            subjectAltName: subject,
            extensions: [
              { oid: ISSUER, value: issuer },
              { oid: SOURCE_REF, value: ref },
              { oid: SOURCE_REPOSITORY, value: repository },
              { oid: BUILD_SIGNER, value: builder },
              { oid: BUILD_CONFIG, value: workflow },
            ],
          }),
        ),
      );
      const signature = sign('sha256', bytes, privateKey);
      return { certificate, signature, ...(await entryOf(bytes, signature, pemOf(certificate))) };
    },
    timestamped: async (signature) => {
      const artifactHash = createHash('sha256').update(signature).digest();
      const request = { artifactHash, hashAlgorithmOID: OID_SHA256, nonce: 1, policyOID: OID_POLICY };
      let stamp: Buffer;
      do stamp = Buffer.from(view(await tsa.timestamp(request)));
      while (!isReadTime(stamp));
      return base64(stamp);
    },
    logged: async (bytes, { signature, publicKeyPem }) => ({
      certificate: Buffer.alloc(0),
      signature,
      ...(await entryOf(bytes, signature, publicKeyPem)),
    }),
  };
}

/** PEM of a certificate. */
function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The annotations with which cosign v2 hangs evidence onto a layer. */
export function cosignAnnotations(evidence: KeylessEvidence): Record<string, string> {
  return {
    'dev.cosignproject.cosign/signature': base64(evidence.signature),
    ...(evidence.certificate.length === 0 ? {} : { 'dev.sigstore.cosign/certificate': pemOf(evidence.certificate) }),
    'dev.sigstore.cosign/bundle': JSON.stringify({
      SignedEntryTimestamp: evidence.promise,
      Payload: {
        body: evidence.body,
        integratedTime: evidence.integratedTime,
        logIndex: evidence.logIndex,
        logID: evidence.logId.toString('hex'),
      },
    }),
  };
}

/** A Sigstore bundle v0.3 with a message signature, as cosign v3 attaches it. */
export function messageBundle(bytes: Uint8Array, evidence: KeylessEvidence, hint?: string): object {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      ...(hint === undefined ? { certificate: { rawBytes: base64(evidence.certificate) } } : { publicKey: { hint } }),
      tlogEntries: [
        {
          logIndex: String(evidence.logIndex),
          logId: { keyId: base64(evidence.logId) },
          kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
          integratedTime: String(evidence.integratedTime),
          inclusionPromise: { signedEntryTimestamp: evidence.promise },
          inclusionProof: {
            logIndex: String(evidence.proof.logIndex),
            rootHash: evidence.proof.rootHash,
            treeSize: String(evidence.proof.treeSize),
            hashes: [],
            checkpoint: { envelope: evidence.proof.checkpoint },
          },
          canonicalizedBody: evidence.body,
        },
      ],
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(bytes).digest('base64') },
      signature: base64(evidence.signature),
    },
  };
}

const OID_SHA256 = '2.16.840.1.101.3.4.2.1';
const OID_POLICY = '1.3.6.1.4.1.57264.2';
/** The library reads times of whole seconds or exactly three digits of a fraction; DER drops the zeros at its end, in every tenth stamp. */
function isReadTime(stamp: Buffer): boolean {
  try {
    return !Number.isNaN(RFC3161Timestamp.parse(Buffer.from(stamp)).signingTime.getTime());
  } catch {
    // Only this reading is asked for; the next stamp has another time.
    return false;
  }
}

const SINCE = '2020-01-01T00:00:00Z';

function logOf(baseUrl: string, publicKey: Buffer): object {
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: { start: SINCE } },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  };
}

function authorityOf(commonName: string, chain: readonly ArrayBufferView[]): object {
  return {
    subject: { organization: 'example', commonName },
    certChain: { certificates: chain.map((der) => ({ rawBytes: base64(view(der)) })) },
    validFor: { start: SINCE },
  };
}

function view(bytes: ArrayBufferView): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
