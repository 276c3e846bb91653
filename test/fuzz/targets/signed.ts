import { DesiredDocument, DeviceEvent, PAYLOAD_TYPES, ReportedDocument } from '#contracts/device.ts';
import { MEDIA_TYPES } from '#contracts/bundle.ts';
import { AUDIT_EXPORT_FILES } from '#contracts/audit.ts';
import { buildAuditExport, verifyAuditExport } from '#core/audit/index.ts';
import { canonicalJson, type Json } from '#core/base/index.ts';
import { openDocument, sealDocument } from '#core/signing/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { SigstoreDocument } from '#core/verification/sigstore-document.ts';
import { openAge, createAgeIdentity, sealAge } from '#native/age/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { TrustedSet } from '#native/tuf/trusted-set.ts';
import { aDesired } from '#test/support/builders/a-model.ts';
import { aChainOf } from '#test/support/builders/audit.ts';
import { aReport } from '#test/support/builders/fleet.ts';
import { bytesOf } from '#test/support/byte-streams.ts';
import { aTrustedKey, TEST_NOW } from '#test/support/trust.ts';
import { TufSimulator } from '#test/support/tuf-simulator.ts';
import { isSame, jsonBytes, utf8, type Outcome, type Target } from '../target.ts';
import { fixedKey } from './keys.ts';

const LIMIT = 4 * 1024 * 1024;
const key = fixedKey('publisher');
const site = fixedKey('site');
const digest = `sha256:${'b'.repeat(64)}` as const;

const anEvent = {
  v: 1,
  site: 'plant',
  device: 'gw-1',
  epoch: 'e1',
  sequence: 4,
  at: TEST_NOW,
  event: { type: 'started', version: '0.1.0', recovered: 'nothing' },
} as const;

/** A signed Sigstore bundle must open to exactly what was signed, or not at all. */
const sigstore: Target = {
  name: 'sigstore bundle',
  weight: 6,
  prepare: async () => {
    const statement = utf8(
      canonicalJson({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'm', digest: { sha256: 'b'.repeat(64) } }],
      }),
    );
    const bundle = await signStatement(statement, key);
    const demands = {
      material: 'key',
      keys: [aTrustedKey(key)],
      identities: [],
      trustedRoot: null,
      logThreshold: 0,
      timestampThreshold: 0,
    } as const;
    return {
      seeds: [bundle],
      run: (input) => {
        const parsed = SigstoreDocument.safeParse(parseStrictJson(input, { bytes: LIMIT }));
        if (!parsed.success) return 'refused';
        const result = sigstoreAttestations.verify(parsed.data, demands);
        if (!result.ok) return 'refused';
        const isTrue = isSame(result.payload, statement) && result.payloadType === MEDIA_TYPES.inToto;
        return isTrue && result.signer.id === key.keyId ? 'accepted' : { wrong: 'another statement verified' };
      },
    };
  },
};

/** Documents of the wire: what opens must be what was sealed. */
function sealed(
  name: string,
  payloadType: string,
  schema: typeof DesiredDocument | typeof ReportedDocument | typeof DeviceEvent,
  document: unknown,
): Target {
  return {
    name,
    weight: 4,
    prepare: async () => {
      const envelope = await sealDocument(payloadType, document as Json, site);
      const other = await sealDocument(payloadType, document as Json, fixedKey('stranger'));
      const truth = canonicalJson(document as Json);
      return {
        seeds: [jsonBytes(envelope), jsonBytes(other)],
        run: (input): Outcome => {
          const opened = openDocument(parseStrictJson(input, { bytes: LIMIT }), {
            payloadType,
            schema,
            publicKeyPem: site.publicKeyPem,
            verifier: nodeSignatureVerifier,
          });
          return canonicalJson(opened) === truth ? 'accepted' : { wrong: 'another document opened' };
        },
      };
    },
  };
}

/** An audit export is whole or it is not: any other byte of its records or checkpoint must be a problem. */
const audit: Target = {
  name: 'audit export',
  weight: 6,
  prepare: async () => {
    const auditKey = fixedKey('audit');
    const files = await buildAuditExport(aChainOf(3), { id: 'plant', name: 'Plant' }, auditKey, nodeHasher);
    const records = files.get(AUDIT_EXPORT_FILES.records) ?? new Uint8Array();
    const checkpoint = files.get(AUDIT_EXPORT_FILES.checkpoint) ?? new Uint8Array();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return {
      seeds: [records, checkpoint],
      run: (input) => {
        // The first byte tells which of the two files it came from.
        const isRecords = text(input).startsWith('{');
        const pair = isRecords
          ? { records: text(input), checkpoint: text(checkpoint) }
          : { records: text(records), checkpoint: text(input) };
        const ports = { verifier: nodeSignatureVerifier, hasher: nodeHasher };
        const { problem } = verifyAuditExport(pair, auditKey.publicKeyPem, ports);
        if (problem !== null) return 'refused';
        return isSame(utf8(pair.records), records) ? 'accepted' : { wrong: 'other records count as whole' };
      },
    };
  },
};

/** TUF metadata: what is trusted afterwards must be what the repository's keys signed. Its keys are fresh in every run. */
const tuf: Target = {
  name: 'TUF metadata',
  weight: 5,
  prepare: () => {
    const simulator = new TufSimulator(TEST_NOW);
    const root = simulator.rootBytes(1);
    const timestamp = simulator.files.get('timestamp.json') ?? new Uint8Array();
    const signedOf = (bytes: Uint8Array): string =>
      canonicalJson((JSON.parse(new TextDecoder().decode(bytes)) as { signed: Json }).signed);
    const truths = new Set([signedOf(root), signedOf(timestamp)]);
    return {
      seeds: [root, timestamp],
      run: (input) => {
        const isRoot = new TextDecoder().decode(input).includes('"root"');
        const set = new TrustedSet(isRoot ? input : root, TEST_NOW, null);
        // A first root is pinned by a person who compares its fingerprint; whoever signs it may say anything in it.
        if (isRoot) return 'accepted';
        set.updateTimestamp(input);
        return truths.has(signedOf(input)) ? 'accepted' : { wrong: 'another timestamp is trusted' };
      },
    };
  },
};

/** An age file opens to what was sealed, or says that it is damaged. Its keys are fresh in every run. */
const age: Target = {
  name: 'age file',
  weight: 2,
  prepare: async () => {
    const { identity, recipient } = await createAgeIdentity();
    const plain = utf8('weights '.repeat(40));
    const file = await bytesOf(sealAge([plain], { recipients: [recipient] }));
    return {
      seeds: [file],
      run: async (input) => {
        const opened = await bytesOf(openAge([input], { identity }));
        return isSame(opened, plain) ? 'accepted' : { wrong: 'other content opened' };
      },
    };
  },
};

/** Everything that carries a signature or a seal. */
export const signedTargets: readonly Target[] = [
  sigstore,
  sealed('desired document, sealed', PAYLOAD_TYPES.desired, DesiredDocument, aDesired()),
  sealed('reported document, sealed', PAYLOAD_TYPES.reported, ReportedDocument, aReport()),
  sealed('device event, sealed', PAYLOAD_TYPES.event, DeviceEvent, anEvent),
  audit,
  tuf,
  age,
];

/** The documents as they are, for targets that read them without their envelope. */
export const plainDocuments = { desired: aDesired(), reported: aReport(), event: anEvent, digest };
