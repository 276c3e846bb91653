import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIA_TYPES, PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { TRUSTS_NOBODY, type TrustedIdentity } from '#contracts/verdict.ts';
import { digestHex } from '#core/base/index.ts';
import { aSignedLayout } from '#test/support/bundles.ts';
import {
  aSigstoreInstance,
  messageBundle,
  WORKLOAD,
  WORKLOAD_BUILDER,
  WORKLOAD_ISSUER,
  WORKLOAD_REPOSITORY,
  type SigstoreInstance,
  type WorkloadChange,
} from '#test/support/sigstore-instance.ts';
import { attach } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, TEST_NOW } from '#test/support/trust.ts';
import { aVectorFolder, judgeInput } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const RELEASE: TrustedIdentity = {
  name: 'release workflow',
  subject: WORKLOAD,
  issuer: WORKLOAD_ISSUER,
  extensions: {
    sourceRepositoryUri: WORKLOAD_REPOSITORY,
    sourceRepositoryRef: 'refs/heads/main',
    buildSignerUri: WORKLOAD_BUILDER,
    buildConfigUri: WORKLOAD,
  },
  channels: ['production'],
  addedAt: TEST_NOW,
  addedBy: 'Ada',
};

type Json = Record<string, unknown>;
interface Parts {
  readonly document: Json & { verificationMaterial: Json; messageSignature: Json };
  readonly entry: Json;
  readonly proof: Json;
  readonly instances: Instances;
}
interface Instances {
  readonly own: SigstoreInstance;
  readonly foreign: SigstoreInstance;
}

let both: Promise<Instances> | undefined;
async function instances(): Promise<Instances> {
  both ??= (async () => ({ own: await aSigstoreInstance(), foreign: await aSigstoreInstance() }))();
  return both;
}

interface Change {
  readonly workload?: WorkloadChange;
  readonly by?: keyof Instances;
  /** What is signed instead of the bundle. */
  readonly content?: Uint8Array;
  readonly edit?: (parts: Parts) => void | Promise<void>;
  /** Edits the trusted root of the site. */
  readonly root?: (root: Record<string, Json[]>) => void;
  readonly noRoot?: true;
  readonly identity?: Partial<TrustedIdentity>;
  readonly thresholds?: { readonly logThreshold?: number; readonly timestampThreshold?: number };
}

async function judge(change: Change = {}): Promise<readonly string[]> {
  const known = await instances();
  const layout = await aSignedLayout({ key: aSigningKey(), tamper: 'unsigned', outDir: await aVectorFolder() });
  const manifest = await readFile(join(layout.dir, 'blobs', 'sha256', digestHex(layout.digest)));
  const signed = change.content ?? manifest;
  const evidence = await known[change.by ?? 'own'].keyless(signed, change.workload);
  const document = messageBundle(signed, evidence) as Parts['document'];
  const stamp = await known.own.timestamped(evidence.signature);
  document.verificationMaterial['timestampVerificationData'] = { rfc3161Timestamps: [{ signedTimestamp: stamp }] };
  const [entry = {}] = document.verificationMaterial['tlogEntries'] as Json[];
  await change.edit?.({ document, entry, proof: entry['inclusionProof'] as Json, instances: known });
  await attach(layout.dir, layout.digest, {
    predicateType: PREDICATE_TYPES.signature,
    content: Buffer.from(JSON.stringify(document)),
  });
  return judgeInput(layout.dir, {
    policy: aPolicy({
      material: 'identity',
      logThreshold: 1,
      timestampThreshold: 1,
      requireProvenance: false,
      requireSbom: false,
      ...change.thresholds,
    }),
    trust: {
      ...TRUSTS_NOBODY,
      identities: [{ ...RELEASE, ...change.identity }],
      trustedRoot: change.noRoot === true ? null : rootText(known.own.trustedRoot, change.root),
    },
    now: Date.now(),
  });
}

function rootText(text: string, edit: Change['root']): string {
  const root = JSON.parse(text) as Record<string, Json[]>;
  edit?.(root);
  return JSON.stringify(root);
}

function flipped(base64: unknown): string {
  const bytes = Buffer.from(String(base64), 'base64');
  const at = bytes.length - 3;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

const stamps = (document: Parts['document'], ...signed: string[]): void => {
  const rfc3161Timestamps = signed.map((signedTimestamp) => ({ signedTimestamp }));
  document.verificationMaterial['timestampVerificationData'] = { rfc3161Timestamps };
};

const PAST = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };

const vector = (what: string, code: ErrorCode, change: Change): Vector => ({ what, code, judge: () => judge(change) });

/** Bundles as a cloud team signs them (cosign v3, keyless), with log entry and timestamp, changed at one place. */
export const keylessBundles: VectorSuite = {
  name: 'a bundle signed by an identity',
  judge,
  vectors: [
    vector('another identity signed it', 'SIGNATURE_IDENTITY_WRONG', { workload: { subject: `${WORKLOAD}2` } }),
    vector('another issuer vouches for it', 'SIGNATURE_ISSUER_WRONG', {
      workload: { issuer: `${WORKLOAD_ISSUER}.example` },
    }),
    vector('it comes from another repository', 'SIGNATURE_SOURCE_WRONG', {
      workload: { repository: `${WORKLOAD_REPOSITORY}-fork` },
    }),
    vector('it comes from another branch', 'SIGNATURE_REF_WRONG', { workload: { ref: 'refs/heads/attack' } }),
    vector('another builder built it', 'SIGNATURE_BUILDER_WRONG', { workload: { builder: 'https://evil.example/b' } }),
    vector('another workflow ran', 'SIGNATURE_EXTENSION_WRONG', { workload: { workflow: 'https://evil.example/w' } }),
    vector('the identity signs for another channel only', 'SIGNER_CHANNEL_WRONG', {
      identity: { channels: ['staging'] },
    }),
    vector('the site has no trusted root', 'TRUSTED_ROOT_MISSING', { noRoot: true }),
    vector('the trusted root is damaged', 'TRUSTED_ROOT_INVALID', { root: (root) => delete root['mediaType'] }),
    vector('the signature is over other content', 'SIGNATURE_SUBJECT_MISMATCH', { content: Buffer.from('{}') }),
    vector('the signature is another', 'BUNDLE_SIGNATURE_INVALID', {
      thresholds: { timestampThreshold: 0 },
      edit: ({ document }) => {
        document.messageSignature['signature'] = flipped(document.messageSignature['signature']);
        stamps(document);
      },
    }),
    vector('its certificate cannot be read', 'SIGNATURE_CERTIFICATE_MALFORMED', {
      edit: ({ document }) => {
        document.verificationMaterial['certificate'] = { rawBytes: 'AAAA' };
      },
    }),
    vector('its certificate is the root of an authority', 'SIGNATURE_CHAIN_HAS_ROOT', {
      edit: ({ document, instances: { own } }) => {
        const root = JSON.parse(own.trustedRoot) as {
          certificateAuthorities: { certChain: { certificates: object[] } }[];
        };
        const [authority] = root.certificateAuthorities;
        document.verificationMaterial['certificate'] = authority?.certChain.certificates.at(-1);
      },
    }),
    vector('an unknown authority issued its certificate', 'SIGNATURE_CERTIFICATE_UNTRUSTED', {
      root: (root) => {
        root['certificateAuthorities'] = [];
      },
    }),
    vector('no certificate log vouches for its certificate', 'SIGNATURE_SCT_INVALID', {
      root: (root) => {
        root['ctlogs'] = [];
      },
    }),
    vector('it was signed before the certificate was valid', 'SIGNATURE_OUTSIDE_CERTIFICATE', {
      edit: ({ entry }) => {
        entry['integratedTime'] = String(Math.floor(Date.now() / 1000) - 86_400);
      },
    }),
    vector('the log is unknown', 'SIGNATURE_LOG_UNKNOWN', {
      root: (root) => {
        root['tlogs'] = [];
      },
    }),
    vector('the log was not trusted any more', 'SIGNATURE_LOG_OUTSIDE_WINDOW', {
      root: ({ tlogs = [] }) => {
        Object.assign(tlogs[0]?.['publicKey'] as Json, { validFor: PAST });
      },
    }),
    vector('it is in fewer logs than demanded', 'SIGNATURE_LOG_MISSING', { thresholds: { logThreshold: 2 } }),
    vector('the entry has no proof', 'SIGNATURE_LOG_PROOF_MISSING', {
      edit: ({ entry }) => {
        delete entry['inclusionProof'];
      },
    }),
    vector('the checkpoint is signed by nobody', 'SIGNATURE_LOG_PROOF_INVALID', {
      edit: ({ proof }) => {
        const { envelope } = proof['checkpoint'] as { envelope: string };
        const [head = '', signature = ''] = envelope.split('\n\u2014 ');
        const [origin = '', value = ''] = signature.trim().split(' ');
        proof['checkpoint'] = { envelope: `${head}\n\u2014 ${origin} ${flipped(value)}\n` };
      },
    }),
    vector('the tree has another root', 'SIGNATURE_LOG_CHECKPOINT_INVALID', {
      edit: ({ proof }) => {
        proof['rootHash'] = flipped(proof['rootHash']);
      },
    }),
    vector('the log did not promise it', 'SIGNATURE_LOG_PROMISE_INVALID', {
      edit: ({ entry }) => {
        const promise = entry['inclusionPromise'] as Json;
        promise['signedEntryTimestamp'] = flipped(promise['signedEntryTimestamp']);
      },
    }),
    vector('the entry is about another signature', 'SIGNATURE_LOG_ENTRY_MISMATCH', {
      edit: async ({ entry, instances: { own } }) => {
        entry['canonicalizedBody'] = (await own.keyless(Buffer.from('other'))).body;
      },
    }),
    vector('the entry is of an unknown kind', 'SIGNATURE_LOG_ENTRY_UNREADABLE', {
      edit: ({ entry }) => {
        entry['kindVersion'] = { kind: 'rpm', version: '0.0.1' };
      },
    }),
    vector('it has fewer times than demanded', 'SIGNATURE_TIMESTAMP_MISSING', {
      thresholds: { timestampThreshold: 3 },
    }),
    vector('its timestamp cannot be read', 'SIGNATURE_TIMESTAMP_INVALID', {
      edit: ({ document }) => {
        stamps(document, 'AAAA');
      },
    }),
    vector('its timestamp belongs to another signature', 'SIGNATURE_TIMESTAMP_MISMATCH', {
      edit: async ({ document, instances: { own } }) => {
        stamps(document, await own.timestamped(Buffer.from('another signature')));
      },
    }),
    vector('an unknown authority made its timestamp', 'SIGNATURE_TIMESTAMP_UNTRUSTED', {
      root: (root) => {
        root['timestampAuthorities'] = [];
      },
    }),
    vector('its timestamp lies after the end of the authority', 'SIGNATURE_TIMESTAMP_OUTSIDE_WINDOW', {
      root: ({ timestampAuthorities = [] }) => {
        Object.assign(timestampAuthorities[0] ?? {}, { validFor: PAST });
      },
    }),
    vector('the signature file has a member that nobody knows', 'SIGNATURE_DOCUMENT_INVALID', {
      edit: ({ document }) => {
        document['mediaTypes'] = [MEDIA_TYPES.sigstoreBundle];
      },
    }),
  ],
};
