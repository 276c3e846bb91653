import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANNOTATIONS, MEDIA_TYPES, PREDICATE_TYPES, type BundleSpec } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { Json } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createLayoutWriter, openLayout } from '#native/oci/index.ts';
import { signStatement } from '#native/sigstore/index.ts';
import { aBundleSpec, aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { attach, dropStatement, replaceSignature, statement, type Tamper } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, aTrustedKey, aTrustStore, TEST_BUILDER, TEST_NOW } from '#test/support/trust.ts';
import { TRUSTS_NOBODY } from '#contracts/verdict.ts';
import { aVectorFolder, judgeInput, signPayload, type SiteState } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const key = aSigningKey();
const LOW_BUILDER = 'https://builder.example/laptop';
const { provenance, contract, variants } = aBundleSpec();

/** A list that names nothing of the bundle. */
const KNOWN_BAD: KnownBadList = {
  v: 1,
  version: 1,
  issuedAt: TEST_NOW,
  entries: [{ id: 'X-1', reason: 'it leaks', severity: 'refuse', name: 'numpy', versions: ['1.0.0'] }],
};

/** A strict site: everything that a policy can list is listed. */
const SITE: SiteState = {
  trust: { ...TRUSTS_NOBODY, keys: [aTrustedKey(key, { channels: ['production'] })] },
  policy: aPolicy({
    builders: [TEST_BUILDER, LOW_BUILDER],
    builderLevels: { [TEST_BUILDER]: 2 },
    minimumSlsaLevel: 2,
    buildTypes: [provenance.buildType],
    sourceRevisions: [provenance.revision],
    maxAgeDays: 60,
  }),
  lineContract: { inputs: contract.inputs },
  sequenceFloor: 5,
  knownBad: KNOWN_BAD,
};

type Edit = (layout: TestLayout) => Promise<void>;

interface Change {
  readonly spec?: Partial<BundleSpec>;
  readonly tamper?: Tamper;
  readonly edit?: Edit;
  readonly site?: Partial<SiteState>;
}

async function judge({ spec, tamper, edit, site }: Change = {}): Promise<readonly string[]> {
  const layout = await aSignedLayout({
    key,
    spec: aBundleSpec({ sequence: 5, ...spec }),
    outDir: await aVectorFolder(),
    ...(tamper === undefined ? {} : { tamper }),
  });
  await edit?.(layout);
  return judgeInput(layout.dir, { ...SITE, ...site });
}

const vector = (what: string, code: ErrorCode, change: Change, also?: readonly ErrorCode[]): Vector => ({
  what,
  code,
  judge: () => judge(change),
  ...(also === undefined ? {} : { also }),
});

/** The signature as JSON text, edited. */
const text =
  (edit: (text: string) => string): Edit =>
  ({ dir, digest }) =>
    replaceSignature(dir, digest, (document) => document, edit);

/** Another document in place of the statement of this kind, signed with the right key. */
const instead =
  (
    predicateType: string,
    make: (digest: TestLayout['digest']) => Uint8Array,
    payloadType: string = MEDIA_TYPES.inToto,
  ): Edit =>
  async ({ dir, digest }) => {
    await dropStatement(dir, predicateType);
    await attach(dir, digest, { predicateType, content: await signPayload(make(digest), payloadType, key) });
  };

const predicate =
  (predicateType: string, content: Json): Edit =>
  async ({ dir, digest }) => {
    await dropStatement(dir, predicateType);
    const signed = await signStatement(statement(digest, predicateType, content), key);
    await attach(dir, digest, { predicateType, content: signed });
  };

/** `index.json` of the layout, edited: nothing signs it. */
const layoutIndex =
  (edit: (index: Record<string, unknown>) => object): Edit =>
  async ({ dir }) => {
    const path = join(dir, 'index.json');
    await writeFile(path, JSON.stringify(edit(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>)));
  };

/** The bundle's own index, edited and listed anew, as a tool does that copies images. */
const bundleIndex =
  (edit: (index: Record<string, unknown>) => object): Edit =>
  async ({ dir, digest }) => {
    const bytes = await readFile(join(dir, 'blobs', 'sha256', digest.slice(7)), 'utf8');
    const rewritten = Buffer.from(JSON.stringify(edit(JSON.parse(bytes) as Record<string, unknown>)));
    const writer = await createLayoutWriter(dir);
    const { index } = await openLayout(dir);
    const listed = { digest: nodeHasher.sha256(rewritten), size: rewritten.length };
    await writer.putBytes(listed.digest, rewritten);
    await writer.writeIndex(
      index.manifests.filter((one) => one.digest === digest).map((one) => ({ ...one, ...listed })),
    );
  };

const variant = (change: Partial<BundleSpec['variants'][number]>): Partial<BundleSpec> => ({
  variants: variants.map((one, at) => (at === 0 ? { ...one, ...change } : one)),
});

/** What is missing where no statement counts: nobody signed it, or it is about the bundle before it was made anew. */
const UNSTATED: readonly ErrorCode[] = ['PROVENANCE_MISSING', 'SBOM_MISSING'];

/** Bundles signed by a key, changed by their publisher or by somebody on the way. */
export const signedBundles: VectorSuite = {
  name: 'a bundle signed by the key of the plant',
  judge,
  vectors: [
    vector('nobody signed it', 'BUNDLE_UNSIGNED', { tamper: 'unsigned' }, UNSTATED),
    vector('the signature is noise', 'BUNDLE_SIGNATURE_INVALID', { tamper: 'signature' }),
    vector('the signature speaks about other content', 'SIGNATURE_SUBJECT_MISMATCH', { tamper: 'subject' }),
    vector(
      'another key signed it',
      'BUNDLE_SIGNER_UNTRUSTED',
      { site: { trust: aTrustStore(aSigningKey()) } },
      UNSTATED,
    ),
    vector(
      'the key was taken out of the trust store',
      'BUNDLE_SIGNER_UNTRUSTED',
      { site: { trust: TRUSTS_NOBODY } },
      UNSTATED,
    ),
    vector(
      'the key signs for another channel only',
      'SIGNER_CHANNEL_WRONG',
      { site: { trust: { ...TRUSTS_NOBODY, keys: [aTrustedKey(key, { channels: ['staging'] })] } } },
      UNSTATED,
    ),
    vector('a name stands twice in the signature', 'SIGNATURE_JSON_AMBIGUOUS', { tamper: 'duplicate-key' }),
    vector('a second document follows the signature', 'SIGNATURE_JSON_AMBIGUOUS', {
      edit: text((json) => `${json}{}`),
    }),
    vector('the signature file has two contents', 'SIGNATURE_DOCUMENT_INVALID', {
      edit: text((json) =>
        json.replace(
          /\}$/,
          ',"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AAAA"},"signature":"AAAA"}}',
        ),
      ),
    }),
    vector('the signature file is of a version to come', 'SIGNATURE_VERSION_UNKNOWN', {
      edit: text((json) => json.replace('.v0.3+json', '.v9+json')),
    }),
    vector('the signature is over a document of another type', 'SIGNATURE_PAYLOAD_TYPE_WRONG', {
      edit: instead(
        PREDICATE_TYPES.signature,
        (digest) => statement(digest, PREDICATE_TYPES.signature, {}),
        'text/plain',
      ),
    }),
    vector('the signed document is no statement', 'SIGNATURE_STATEMENT_INVALID', {
      edit: instead(PREDICATE_TYPES.signature, () => Buffer.from('{"hello":"world"}')),
    }),
    vector(
      'an identity is demanded',
      'SIGNATURE_MATERIAL_WRONG',
      { site: { policy: aPolicy({ material: 'identity' }) } },
      UNSTATED,
    ),
    vector('a byte of the weights is another', 'BUNDLE_DIGEST_MISMATCH', { tamper: 'weights' }),
    vector('the weights are cut', 'BUNDLE_SIZE_MISMATCH', { tamper: 'truncated' }),
    vector('a file is missing', 'BUNDLE_BLOB_MISSING', { tamper: 'missing-blob' }),
    vector('a file is a link', 'BUNDLE_LINK_REFUSED', { tamper: 'symlink' }),
    vector('a document is larger than its limit', 'BUNDLE_TOO_LARGE', { tamper: 'oversized-manifest' }, UNSTATED),
    vector('a file name leads out of the bundle', 'BUNDLE_PATH_ESCAPE', { tamper: 'path-escape' }, UNSTATED),
    vector('the layout lost its index', 'BUNDLE_LAYOUT_INVALID', { edit: ({ dir }) => rm(join(dir, 'index.json')) }),
    vector('the layout holds a container image', 'BUNDLE_LAYOUT_FOREIGN', {
      edit: layoutIndex((index) => ({
        ...index,
        manifests: [{ mediaType: MEDIA_TYPES.ociManifest, digest: `sha256:${'a'.repeat(64)}`, size: 2 }],
      })),
    }),
    vector(
      'a tool wrote the index anew',
      'BUNDLE_REWRITTEN',
      { edit: bundleIndex(({ artifactType: _dropped, ...index }) => index) },
      ['BUNDLE_UNSIGNED', ...UNSTATED],
    ),
    vector(
      'the bundle does not say its sequence',
      'BUNDLE_MANIFEST_INVALID',
      {
        edit: bundleIndex((index) => ({
          ...index,
          annotations: { ...(index['annotations'] as object), [ANNOTATIONS.sequence]: 'newest' },
        })),
      },
      ['BUNDLE_UNSIGNED', ...UNSTATED],
    ),
    vector('nobody says who built it', 'PROVENANCE_MISSING', { tamper: 'no-provenance' }),
    vector('the provenance is of another form', 'PROVENANCE_INVALID', {
      edit: predicate(PREDICATE_TYPES.provenance, { builder: 'me' }),
    }),
    vector('another builder built it', 'PROVENANCE_BUILDER_UNTRUSTED', {
      spec: { provenance: { ...provenance, builder: `${TEST_BUILDER}2` } },
    }),
    vector('it was built from another source', 'PROVENANCE_SOURCE_UNTRUSTED', {
      spec: { provenance: { ...provenance, source: `${provenance.source}-fork` } },
    }),
    vector('it was built from another revision', 'PROVENANCE_REF_UNTRUSTED', {
      spec: { provenance: { ...provenance, revision: 'f'.repeat(40) } },
    }),
    vector('it was built in another way', 'PROVENANCE_BUILD_TYPE_UNTRUSTED', {
      spec: { provenance: { ...provenance, buildType: 'https://builder.example/by-hand' } },
    }),
    vector('its builder has a lower level', 'PROVENANCE_LEVEL_TOO_LOW', {
      spec: { provenance: { ...provenance, builder: LOW_BUILDER } },
    }),
    vector('it has no parts list', 'SBOM_MISSING', { tamper: 'no-sbom' }),
    vector('its parts list breaks the schema', 'SBOM_INVALID', {
      edit: predicate(PREDICATE_TYPES.sbom, { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 1 }] }),
    }),
    vector('its parts list does not name the weights', 'SBOM_MISMATCH', { tamper: 'wrong-sbom' }),
    vector('a part is known to be bad', 'PART_KNOWN_BAD', {
      spec: { dependencies: [{ name: 'numpy', version: '1.0.0' }] },
    }),
    vector('it takes another unit than the line gives', 'CONTRACT_MISMATCH', {
      spec: { contract: { ...contract, inputs: contract.inputs.map((one) => ({ ...one, unit: 'inch' })) } },
    }),
    vector('its contract says another type than its model', 'CONTRACT_MODEL_MISMATCH', {
      spec: { contract: { ...contract, outputs: contract.outputs.map((one) => ({ ...one, datatype: 'INT8' })) } },
    }),
    vector('a newer one was accepted', 'SEQUENCE_TOO_OLD', { spec: { sequence: 4 } }),
    vector('it is older than the policy allows', 'BUNDLE_TOO_OLD', { spec: { createdAt: '2025-06-01T00:00:00.000Z' } }),
    vector('it needs a runtime that the policy does not list', 'RUNTIME_NOT_ALLOWED', {
      site: { policy: aPolicy({ runtimes: ['openvino'] }) },
    }),
    vector(
      'a variant is for another runtime than its file',
      'ARTEFACT_KIND_MISMATCH',
      { spec: variant({ runtime: 'tflite' }) },
      ['RUNTIME_NOT_ALLOWED'],
    ),
  ],
};
