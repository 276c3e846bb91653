import type { z } from 'zod';
import { ImageIndex, ImageManifest, ModelContract } from '#contracts/bundle.ts';
import { DesiredDocument, DeviceEvent, EnrolmentRequest, ReportedDocument, SampleUpload } from '#contracts/device.ts';
import { PlantKeys, SiteTrust } from '#contracts/trust.ts';
import { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import { isAppError } from '#core/base/index.ts';
import { parseDocument, parseLayoutIndex } from '#core/bundle/index.ts';
import { readDeviceCsv } from '#core/fleet/index.ts';
import { parseMediaIndex } from '#core/media/index.ts';
import { readPartsList, readProvenance } from '#core/provenance/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { aBundleSpec } from '#test/support/bundles.ts';
import { aSmallBundle } from '#test/support/small-bundle.ts';
import { aPolicy, aTrustStore } from '#test/support/trust.ts';
import { jsonBytes, utf8, type Outcome, type Target } from '../target.ts';
import { aModelRef } from '#test/support/builders/a-model.ts';
import { fixedKey } from './keys.ts';
import { plainDocuments } from './signed.ts';

const LIMIT = 4 * 1024 * 1024;
const DIGEST = `sha256:${'a'.repeat(64)}`;

const strictJson: Target = {
  name: 'strict JSON',
  weight: 12,
  prepare: () => ({
    seeds: [
      utf8('{"a":[1,2.5,-3e2,"\\u00e9\\ud83d\\ude00"],"b":{"c":null,"d":true},"e":""}'),
      utf8('[[[[[[{"a":{"a":{"a":1}}}]]]]],9007199254740991]'),
    ],
    run: (input) => {
      const value = parseStrictJson(input, { bytes: LIMIT });
      const plain: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(input));
      if (JSON.stringify(value) !== JSON.stringify(plain)) return { wrong: 'another document than JSON.parse reads' };
      return keysIn(value) === namesIn(input) ? 'accepted' : { wrong: 'a name is there twice' };
    },
  }),
};

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, part) => sum + keysIn(part), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** Counts names without a parser: texts that a colon follows. */
function namesIn(input: Uint8Array): number {
  const text = new TextDecoder().decode(input);
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((match) => match[1] !== undefined).length;
}

/** A schema behind strict JSON, as documents of bundles and sites are read. */
function document(name: string, schema: z.ZodType, seeds: readonly unknown[], weight = 2): Target {
  return {
    name,
    weight,
    prepare: () => ({
      seeds: seeds.map(jsonBytes),
      run: (input) => (parseDocument(input, schema, { limitBytes: LIMIT, at: name }).ok ? 'accepted' : 'refused'),
    }),
  };
}

const small = aSmallBundle();
const spec = aBundleSpec();
const contract = { v: 1, model: spec.model, ...spec.contract };
const policy = aPolicy();
const trust = aTrustStore(fixedKey('publisher'));

const mediaIndex: Target = {
  name: 'media-set index',
  weight: 6,
  prepare: () => ({
    seeds: [jsonBytes(mediaSet())],
    run: (input) => (parseMediaIndex(input).set === null ? 'refused' : 'accepted'),
  }),
};

function mediaSet(): unknown {
  const version = { digest: DIGEST, model: 'plant/defects', version: '1.0.0', title: 'Defects', referrers: [] };
  const part = { name: 'part-0001.bin', digest: DIGEST, sizeBytes: 10, stick: 1, chunkBytes: 4_194_304 };
  return {
    v: 1,
    setId: 'set-1',
    createdAt: '2026-03-01T12:00:00Z',
    sticks: 1,
    bundles: [{ ...version, blobs: [{ digest: DIGEST, sizeBytes: 10, mediaType: 'application/octet-stream' }] }],
    parts: [
      { ...part, chunks: ['a'.repeat(64)], ranges: [{ digest: DIGEST, blobOffset: 0, partOffset: 0, length: 10 }] },
    ],
  };
}

const layoutIndex: Target = {
  name: 'OCI layout index',
  weight: 4,
  prepare: () => ({
    seeds: [
      small.indexBytes,
      jsonBytes({ schemaVersion: 2, manifests: [{ mediaType: 'a/b', digest: DIGEST, size: 3 }] }),
    ],
    run: (input) => {
      parseLayoutIndex(input);
      return 'accepted';
    },
  }),
};

/** Parts lists and provenance come as JSON that was signed; a reader must survive any shape of it. */
function predicate(name: string, read: (value: unknown) => unknown, seeds: readonly unknown[]): Target {
  return {
    name,
    weight: 5,
    prepare: () => ({
      seeds: seeds.map(jsonBytes),
      run: (input): Outcome => {
        try {
          return read(parseStrictJson(input, { bytes: LIMIT })) === null ? 'refused' : 'accepted';
        } catch (error) {
          if (isAppError(error)) return 'refused';
          throw error;
        }
      },
    }),
  };
}

const sample = {
  v: 1,
  device: 'gw-1',
  sampleId: 's1',
  takenAt: 1,
  model: plainDocuments.reported.slots.a.model ?? aModelRef(),
  reason: 'low-confidence',
  score: 0.5,
  content: { kind: 'features', names: ['a'], values: [1] },
  outputs: [{ name: 'y', shape: [1], values: [0.5] }],
};
const enrolment = { v: 1, code: 'ABCD-EFGH', csrPem: '-----', hostname: 'gw-1', agentVersion: '0.1.0' };

const sbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: { component: { type: 'machine-learning-model', name: 'm', version: '1' } },
  components: [{ type: 'file', name: 'model.onnx', hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }] }],
};
const spdx = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'm',
  dataLicense: 'CC0-1.0',
  documentNamespace: 'https://example.org/m',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: t'] },
  packages: [
    {
      SPDXID: 'SPDXRef-a',
      name: 'a',
      downloadLocation: 'NOASSERTION',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'a'.repeat(64) }],
    },
  ],
};
const spdx3 = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'SpdxDocument', spdxId: 'urn:d', name: 'm', rootElement: ['urn:a'] },
    { type: 'software_Package', spdxId: 'urn:a', name: 'a', software_packageVersion: '1' },
    {
      type: 'software_File',
      spdxId: 'urn:f',
      name: 'model.onnx',
      verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: 'a'.repeat(64) }],
    },
  ],
};
const slsa = {
  buildDefinition: {
    buildType: 'https://example.org/b',
    externalParameters: { source: 'git+https://git.example/m' },
    resolvedDependencies: [{ uri: 'git+https://git.example/m', digest: { gitCommit: 'a'.repeat(40) } }],
  },
  runDetails: { builder: { id: 'https://builder.example/plant-models' }, metadata: { invocationId: '1' } },
};

const deviceCsv: Target = {
  name: 'device list CSV',
  weight: 4,
  prepare: () => ({
    seeds: [utf8('name,line,cell,redundancyGroup,safety\ngw-1,line 1,"cell ""A""",pair,yes\ngw-2,line 1,,,no\n')],
    run: (input) => (readDeviceCsv(new TextDecoder().decode(input)).findings.length > 0 ? 'refused' : 'accepted'),
  }),
};

/** Everything that is a text or JSON document. */
export const documentTargets: readonly Target[] = [
  strictJson,
  layoutIndex,
  document('OCI image index', ImageIndex, [JSON.parse(new TextDecoder().decode(small.indexBytes))], 4),
  document('OCI manifest', ImageManifest, [JSON.parse(new TextDecoder().decode(small.manifestBytes))], 4),
  document('model contract', ModelContract, [contract], 4),
  document('policy', VerificationPolicy, [policy], 3),
  document('trust store', TrustStore, [trust], 3),
  document('site trust', SiteTrust, [{ ...trust, version: 3 }]),
  document('plant keys', PlantKeys, [{ v: 1, keys: trust.keys }]),
  document('desired document', DesiredDocument, [plainDocuments.desired]),
  document('reported document', ReportedDocument, [plainDocuments.reported]),
  document('device event', DeviceEvent, [plainDocuments.event]),
  document('sample upload', SampleUpload, [sample]),
  document('enrolment request', EnrolmentRequest, [enrolment]),
  mediaIndex,
  predicate('SBOM', (value) => (readPartsList(value).ok ? value : null), [sbom, spdx, spdx3]),
  predicate('provenance', readProvenance, [slsa]),
  deviceCsv,
];
