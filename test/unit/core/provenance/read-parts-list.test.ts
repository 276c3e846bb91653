import { describe, expect, it } from 'vitest';
import { isPartsPredicate, readPartsList, sbomPredicate } from '#core/provenance/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { aBundleSpec } from '#test/support/bundles.ts';

const HEX = 'ab'.repeat(32);
const schema = await cycloneDxSchema();

const cycloneDx = (specVersion: string, change: object = {}): object => ({
  bomFormat: 'CycloneDX',
  specVersion,
  version: 1,
  components: [
    {
      type: 'library',
      name: 'onnx',
      version: '1.17.0',
      'bom-ref': 'a',
      purl: 'pkg:pypi/onnx@1.17.0',
      licenses: [{ license: { id: 'Apache-2.0' } }],
      hashes: [{ alg: 'SHA-256', content: HEX }],
      supplier: { name: 'ONNX' },
      components: [
        {
          type: 'library',
          name: 'inside',
          version: '1',
          'bom-ref': 'b',
          licenses: [{ expression: 'MIT OR BSD-3-Clause' }],
        },
      ],
    },
  ],
  dependencies: [
    { ref: 'a', dependsOn: ['b'] },
    { ref: 'b', dependsOn: ['a'] },
  ],
  ...change,
});

const spdx2 = (change: object = {}): object => ({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'plant',
  documentNamespace: 'https://plant.example/spdx/1',
  creationInfo: { created: '2026-02-01T00:00:00Z', creators: ['Tool: test'] },
  packages: [
    {
      SPDXID: 'SPDXRef-onnx',
      name: 'onnx',
      versionInfo: '1.17.0',
      downloadLocation: 'NOASSERTION',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'Apache-2.0',
      supplier: 'Organization: ONNX',
      checksums: [{ algorithm: 'SHA256', checksumValue: HEX.toUpperCase() }],
      externalRefs: [
        { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:pypi/onnx@1.17.0' },
      ],
    },
  ],
  files: [
    {
      SPDXID: 'SPDXRef-f',
      fileName: './model.onnx',
      checksums: [{ algorithm: 'SHA1', checksumValue: 'ab'.repeat(20) }],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-onnx' },
    { spdxElementId: 'SPDXRef-onnx', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-onnx' },
  ],
  ...change,
});

const element = (type: string, id: string, more: object = {}): object => ({
  type,
  spdxId: `https://plant.example/${id}`,
  creationInfo: '_:c',
  ...more,
});
const spdx3 = (...more: object[]): object => ({
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    element('SpdxDocument', 'doc', { name: 'plant' }),
    element('Organization', 'org', { name: 'ONNX' }),
    element('ai_AIPackage', 'model', {
      name: 'onnx',
      software_packageVersion: '1.17.0',
      software_packageUrl: 'pkg:pypi/onnx@1.17.0',
      suppliedBy: 'https://plant.example/org',
      verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: HEX }],
    }),
    element('dataset_DatasetPackage', 'data', { name: 'training-set' }),
    element('simplelicensing_LicenseExpression', 'lic', { simplelicensing_licenseExpression: 'Apache-2.0' }),
    element('Relationship', 'r', {
      from: 'https://plant.example/model',
      to: ['https://plant.example/lic'],
      relationshipType: 'hasDeclaredLicense',
    }),
    ...more,
  ],
});

const first = {
  name: 'onnx',
  version: '1.17.0',
  purl: 'pkg:pypi/onnx@1.17.0',
  licences: ['Apache-2.0'],
  sha256: HEX,
  supplier: 'ONNX',
};

describe('readPartsList', () => {
  it.each<[string, object, number]>([
    ['CycloneDX 1.5', cycloneDx('1.5'), 2],
    ['CycloneDX 1.6', cycloneDx('1.6'), 2],
    ['CycloneDX 1.7', cycloneDx('1.7'), 2],
    ['SPDX 2.3', spdx2(), 2],
    ['SPDX 3.0', spdx3(), 2],
  ])('reads %s to the same parts', (format, document, count) => {
    const read = readPartsList(document, schema);

    expect(read).toMatchObject({ ok: true, list: { format } });
    if (!read.ok) return;
    expect(read.list.components).toHaveLength(count);
    expect(read.list.components[0]).toMatchObject(first);
  });

  it('reads what this program writes, and the published schema accepts it', () => {
    const made = sbomPredicate(aBundleSpec(), `sha256:${HEX}`, [{ mediaType: 'x', digest: `sha256:${HEX}`, size: 1 }]);

    expect(readPartsList(made, schema)).toMatchObject({ ok: true, list: { components: [{ sha256: HEX }] } });
  });

  it.each<[string, unknown, string]>([
    ['another version of CycloneDX', cycloneDx('1.3'), 'CycloneDX'],
    ['a part without name', cycloneDx('1.6', { components: [{ type: 'library' }] }), 'name'],
    [
      'two parts of one reference',
      cycloneDx('1.6', {
        components: [
          { type: 'file', name: 'a', 'bom-ref': 'x' },
          { type: 'file', name: 'b', 'bom-ref': 'x' },
        ],
      }),
      'bom-ref',
    ],
    [
      'a type that the schema does not know',
      cycloneDx('1.6', { components: [{ type: 'spaceship', name: 'a' }] }),
      'schema',
    ],
    [
      '100000 parts',
      cycloneDx('1.6', {
        components: Array.from({ length: 100_000 }, (_, at) => ({ type: 'file', name: String(at) })),
      }),
      'CycloneDX',
    ],
    ['a namespace with a fragment', spdx2({ documentNamespace: 'https://plant.example/a#b' }), 'documentNamespace'],
    ['no creator', spdx2({ creationInfo: { created: '2026-02-01T00:00:00Z', creators: [] } }), 'creators'],
    ['another data licence', spdx2({ dataLicense: 'MIT' }), 'dataLicense'],
    [
      'a relationship to nothing',
      spdx2({
        relationships: [
          { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-gone' },
        ],
      }),
      'SPDXRef-gone',
    ],
    [
      'two SPDX elements of one id',
      spdx2({
        files: [
          { SPDXID: 'SPDXRef-onnx', fileName: 'x', checksums: [{ algorithm: 'SHA1', checksumValue: 'ab'.repeat(20) }] },
        ],
      }),
      'SPDXRef-onnx',
    ],
    ['two SPDX documents', spdx3(element('SpdxDocument', 'doc2')), 'SpdxDocument'],
    ['an SPDX 3 id given twice', spdx3(element('software_File', 'model', { name: 'x' })), 'two elements'],
    [
      'an SPDX 3 relationship to nothing',
      spdx3(
        element('Relationship', 'r2', {
          from: 'https://plant.example/model',
          to: ['https://else.example/x'],
          relationshipType: 'contains',
        }),
      ),
      'else.example',
    ],
    ['no parts list at all', { hello: 1 }, 'neither'],
    ['text', 'CycloneDX', 'object'],
  ])('refuses %s', (_what, document, problem) => {
    const read = readPartsList(document, schema);

    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(problem) as string });
  });

  it('counts neither of two hashes that contradict each other', () => {
    const hashes = [
      { alg: 'SHA-256', content: HEX },
      { alg: 'SHA-256', content: 'cd'.repeat(32) },
    ];

    expect(readPartsList(cycloneDx('1.6', { components: [{ type: 'file', name: 'a', hashes }] }))).toMatchObject({
      list: { components: [{ sha256: null }] },
    });
  });
});

describe('isPartsPredicate', () => {
  it.each([
    ['https://cyclonedx.org/bom', true],
    ['https://cyclonedx.org/bom/v1.6', true],
    ['https://spdx.dev/Document', true],
    ['https://spdx.dev/Document/v2.3', true],
    ['https://spdx.dev/Documents', false],
    ['https://cyclonedx.org/bom.evil', false],
  ])('%s: %s', (type, expected) => {
    expect(isPartsPredicate(type)).toBe(expected);
  });
});
