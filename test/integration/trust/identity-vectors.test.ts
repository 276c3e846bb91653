import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrustedIdentity } from '#contracts/verdict.ts';
import type { AttestationResult, SignatureDemands, SigstoreDocument } from '#core/verification/ports.ts';
import { SigstoreDocument as DocumentSchema } from '#core/verification/sigstore-document.ts';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';
import { describeTrustedRoot, sigstoreAttestations } from '#native/sigstore/index.ts';
import {
  aSigstoreInstance,
  cosignAnnotations,
  messageBundle,
  WORKLOAD,
  WORKLOAD_ISSUER,
  type SigstoreInstance,
} from '#test/support/sigstore-instance.ts';
import { aTrustedKey, TEST_NOW } from '#test/support/trust.ts';

const CONTENT = new TextEncoder().encode('{"schemaVersion":2}');
const RELEASE: TrustedIdentity = {
  name: 'release workflow',
  subject: WORKLOAD,
  issuer: WORKLOAD_ISSUER,
  extensions: { sourceRepositoryRef: 'refs/heads/main' },
  channels: ['staging'],
  addedAt: TEST_NOW,
  addedBy: 'Ada',
};
const pair = createKeyPair('ecdsa-p256');
const key = signingKeyFromPem(pair.privateKeyPem);

let instance: SigstoreInstance;
let other: SigstoreInstance;
beforeAll(async () => {
  [instance, other] = await Promise.all([aSigstoreInstance(), aSigstoreInstance()]);
});

const demands = (change: Partial<SignatureDemands> = {}): SignatureDemands => ({
  material: 'identity',
  keys: [aTrustedKey(key)],
  identities: [RELEASE],
  trustedRoot: instance.trustedRoot,
  logThreshold: 1,
  timestampThreshold: 1,
  ...change,
});

type Doc = { verificationMaterial: Record<string, unknown>; messageSignature: Record<string, unknown> };

interface Vector {
  readonly signer?: { subject?: string; issuer?: string; ref?: string };
  readonly by?: 'key';
  readonly from?: () => SigstoreInstance;
  readonly demand?: Partial<SignatureDemands>;
  readonly edit?: (document: Doc, entry: Record<string, unknown>) => void;
  readonly message?: Uint8Array;
}

async function judge({ signer, by, from, demand = {}, edit, message = CONTENT }: Vector): Promise<AttestationResult> {
  const source = from?.() ?? instance;
  const evidence =
    by === 'key'
      ? await source.logged(CONTENT, {
          signature: sign('sha256', CONTENT, pair.privateKeyPem),
          publicKeyPem: key.publicKeyPem,
        })
      : await source.keyless(CONTENT, signer);
  const document = messageBundle(CONTENT, evidence, by === 'key' ? key.keyId : undefined) as Doc;
  const [entry] = document.verificationMaterial['tlogEntries'] as Record<string, unknown>[];
  edit?.(document, entry ?? {});
  const parsed: SigstoreDocument = DocumentSchema.parse(document);
  return sigstoreAttestations.verify(parsed, demands(demand), message);
}

const flip = (base64: unknown): string => {
  const bytes = Buffer.from(String(base64), 'base64');
  const at = bytes.length - 3;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
};
const inner = (entry: Record<string, unknown>, name: string): Record<string, unknown> =>
  entry[name] as Record<string, unknown>;

describe('a signature by an identity', () => {
  it('holds for exactly the trusted subject, issuer and extensions', async () => {
    expect(await judge({})).toMatchObject({
      ok: true,
      signer: { kind: 'identity', id: WORKLOAD, issuer: WORKLOAD_ISSUER, name: 'release workflow' },
      channels: ['staging'],
      logEntries: 1,
      timestamps: 1,
    });
  });

  it('counts log entries of a key as well, once there is a trusted root', async () => {
    expect(await judge({ by: 'key', demand: { material: 'key' } })).toMatchObject({
      ok: true,
      signer: { kind: 'key', id: key.keyId },
      logEntries: 1,
      timestamps: 1,
    });
  });

  const vectors: readonly (readonly [string, string, Vector])[] = [
    ['another subject', 'SIGNATURE_IDENTITY_WRONG', { signer: { subject: 'https://evil.example/ci@refs/heads/main' } }],
    [
      'a subject with the trusted one as its beginning',
      'SIGNATURE_IDENTITY_WRONG',
      { signer: { subject: `${WORKLOAD}2` } },
    ],
    ['a subject in other letters', 'SIGNATURE_IDENTITY_WRONG', { signer: { subject: WORKLOAD.toUpperCase() } }],
    [
      'a pattern as trusted subject',
      'SIGNATURE_IDENTITY_WRONG',
      { demand: { identities: [{ ...RELEASE, subject: '.*' }] } },
    ],
    ['nobody trusted', 'SIGNATURE_IDENTITY_WRONG', { demand: { identities: [] } }],
    ['another issuer', 'SIGNATURE_ISSUER_WRONG', { signer: { issuer: 'https://token.evil.example' } }],
    ['an issuer with a slash more', 'SIGNATURE_ISSUER_WRONG', { signer: { issuer: `${WORKLOAD_ISSUER}/` } }],
    ['another ref', 'SIGNATURE_REF_WRONG', { signer: { ref: 'refs/heads/attack' } }],
    [
      'an extension that the certificate does not state',
      'SIGNATURE_BUILDER_WRONG',
      { demand: { identities: [{ ...RELEASE, extensions: { runnerEnvironment: 'self-hosted' } }] } },
    ],
    ['a key where an identity is demanded', 'SIGNATURE_MATERIAL_WRONG', { by: 'key' }],
    ['a certificate where a key is demanded', 'SIGNATURE_MATERIAL_WRONG', { demand: { material: 'key' } }],
    ['no trusted root', 'TRUSTED_ROOT_MISSING', { demand: { trustedRoot: null } }],
    [
      'no trusted root for a logged key',
      'TRUSTED_ROOT_MISSING',
      { by: 'key', demand: { material: 'key', trustedRoot: null } },
    ],
    ['a trusted root that is no JSON', 'TRUSTED_ROOT_INVALID', { demand: { trustedRoot: '{' } }],
    ['a trusted root of another kind', 'TRUSTED_ROOT_INVALID', { demand: { trustedRoot: '{"mediaType":"x"}' } }],
    ['another instance', 'SIGNATURE_LOG_UNKNOWN', { from: () => other }],
    [
      'a key bundle of another log',
      'SIGNATURE_LOG_UNKNOWN',
      { by: 'key', from: () => other, demand: { material: 'key' } },
    ],
    ['two logs demanded', 'SIGNATURE_LOG_MISSING', { demand: { logThreshold: 2 } }],
    ['two times demanded', 'SIGNATURE_TIMESTAMP_MISSING', { demand: { timestampThreshold: 2 } }],
    [
      'no log entry',
      'SIGNATURE_LOG_MISSING',
      {
        edit: ({ verificationMaterial }) => {
          verificationMaterial['tlogEntries'] = [];
        },
      },
    ],
    [
      'no statement of the time',
      'SIGNATURE_TIMESTAMP_MISSING',
      {
        demand: { logThreshold: 0 },
        edit: ({ verificationMaterial }) => {
          verificationMaterial['tlogEntries'] = [];
        },
      },
    ],
    ['other content', 'SIGNATURE_SUBJECT_MISMATCH', { message: new TextEncoder().encode('other') }],
    [
      'a changed signature',
      'BUNDLE_SIGNATURE_INVALID',
      {
        edit: ({ messageSignature }) => {
          messageSignature['signature'] = flip(messageSignature['signature']);
        },
      },
    ],
    [
      'a promise by nobody',
      'SIGNATURE_LOG_PROMISE_INVALID',
      {
        edit: (_, entry) => {
          inner(entry, 'inclusionPromise')['signedEntryTimestamp'] = flip(
            inner(entry, 'inclusionPromise')['signedEntryTimestamp'],
          );
        },
      },
    ],
    [
      'no proof',
      'SIGNATURE_LOG_PROOF_MISSING',
      {
        edit: (_, entry) => {
          delete entry['inclusionProof'];
        },
      },
    ],
    [
      'a proof without checkpoint',
      'SIGNATURE_LOG_PROOF_MISSING',
      {
        edit: (_, entry) => {
          delete inner(entry, 'inclusionProof')['checkpoint'];
        },
      },
    ],
    [
      'a tree of another size',
      'SIGNATURE_LOG_CHECKPOINT_INVALID',
      {
        edit: (_, entry) => {
          inner(entry, 'inclusionProof')['treeSize'] = '2';
        },
      },
    ],
    [
      'a tree with another root',
      'SIGNATURE_LOG_CHECKPOINT_INVALID',
      {
        edit: (_, entry) => {
          inner(entry, 'inclusionProof')['rootHash'] = flip(inner(entry, 'inclusionProof')['rootHash']);
        },
      },
    ],
    [
      'an entry of an unknown kind',
      'SIGNATURE_LOG_ENTRY_UNREADABLE',
      {
        edit: (_, entry) => {
          entry['kindVersion'] = { kind: 'rpm', version: '0.0.1' };
        },
      },
    ],
    [
      'an entry of another kind than it says',
      'SIGNATURE_LOG_ENTRY_MISMATCH',
      {
        edit: (_, entry) => {
          entry['kindVersion'] = { kind: 'dsse', version: '0.0.1' };
        },
      },
    ],
    [
      'a time before the log was trusted',
      'SIGNATURE_LOG_OUTSIDE_WINDOW',
      {
        edit: (_, entry) => {
          entry['integratedTime'] = '1000000000';
        },
      },
    ],
    [
      'a timestamp that cannot be read',
      'SIGNATURE_TIMESTAMP_INVALID',
      {
        edit: ({ verificationMaterial }) => {
          verificationMaterial['timestampVerificationData'] = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
        },
      },
    ],
    [
      'a certificate that cannot be read',
      'SIGNATURE_CERTIFICATE_MALFORMED',
      {
        edit: ({ verificationMaterial }) => {
          verificationMaterial['certificate'] = { rawBytes: 'AAAA' };
        },
      },
    ],
    [
      'a chain in a bundle of version 0.3',
      'SIGNATURE_DOCUMENT_INVALID',
      {
        edit: ({ verificationMaterial }) => {
          verificationMaterial['x509CertificateChain'] = { certificates: [verificationMaterial['certificate']] };
          delete verificationMaterial['certificate'];
        },
      },
    ],
    [
      'a message digest of another kind than the content',
      'SIGNATURE_SUBJECT_MISMATCH',
      {
        edit: ({ messageSignature }) => {
          (messageSignature['messageDigest'] as Record<string, unknown>)['algorithm'] = 'SHA2_512';
        },
      },
    ],
    [
      'an entry with an unknown member',
      'SIGNATURE_DOCUMENT_INVALID',
      {
        edit: (_, entry) => {
          entry['extra'] = 1;
        },
      },
    ],
    ['an unknown key', 'BUNDLE_SIGNER_UNTRUSTED', { by: 'key', demand: { material: 'key', keys: [] } }],
  ];

  it.each(vectors)('is refused for %s: %s', async (_what, code, vector) => {
    expect(await judge(vector)).toMatchObject({ ok: false, code });
  });

  it(`has ${String(new Set(vectors.map(([, code]) => code)).size)} distinct codes for ${String(vectors.length)} vectors`, () => {
    expect(new Set(vectors.map(([, code]) => code)).size).toBeGreaterThanOrEqual(19);
  });
});

describe('a layer of cosign v2', () => {
  const layerOf = async (by: 'key' | 'identity') => {
    const evidence =
      by === 'key'
        ? await instance.logged(CONTENT, {
            signature: sign('sha256', CONTENT, pair.privateKeyPem),
            publicKeyPem: key.publicKeyPem,
          })
        : await instance.keyless(CONTENT);
    return { kind: 'message', bytes: CONTENT, annotations: cosignAnnotations(evidence) } as const;
  };

  it('counts by identity, with its log entry', async () => {
    expect(sigstoreAttestations.verifyLayer(await layerOf('identity'), demands())).toMatchObject({
      ok: true,
      signer: { kind: 'identity', id: WORKLOAD },
      logEntries: 1,
    });
  });

  it('counts by key, although it does not name the key', async () => {
    const result = sigstoreAttestations.verifyLayer(await layerOf('key'), demands({ material: 'key' }));

    expect(result).toMatchObject({ ok: true, signer: { kind: 'key', id: key.keyId }, logEntries: 1 });
  });

  it('is refused over other bytes', async () => {
    const layer = { ...(await layerOf('key')), bytes: new TextEncoder().encode('other') };

    expect(sigstoreAttestations.verifyLayer(layer, demands({ material: 'key' }))).toMatchObject({
      ok: false,
      code: 'BUNDLE_SIGNER_UNTRUSTED',
    });
  });
});

describe('describeTrustedRoot', () => {
  it('names logs and authorities with their windows', () => {
    expect(describeTrustedRoot(instance.trustedRoot)).toMatchObject({
      logs: [{ name: 'https://rekor.example', validFrom: Date.parse('2020-01-01T00:00:00Z'), validTo: null }],
      authorities: [{ name: 'example ca.example' }],
      timestampAuthorities: [{ name: 'example tsa.example' }],
      ctLogs: [{ name: 'https://ct.example' }],
    });
  });
});
