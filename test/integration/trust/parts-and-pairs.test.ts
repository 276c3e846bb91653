import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex, ImageManifest, MEDIA_TYPES, PREDICATE_TYPES, type BundleSpec } from '#contracts/bundle.ts';
import { digestHex, type Digest } from '#core/base/index.ts';
import { statementBytes } from '#core/provenance/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { cycloneDxSchema } from '#native/sbom/index.ts';
import { signStatement, sigstoreAttestations } from '#native/sigstore/index.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles, type TestLayout } from '#test/support/bundles.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { attach } from '#test/support/tamper.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';

const key = aSigningKey();
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-pairs-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function judge({ dir, digest }: TestLayout) {
  const reader = await openLayout(dir);
  return verifyModelBundle(
    {
      reader,
      bundleDigest: digest,
      referrers: reader.referrersOf(digest),
      trust: aTrustStore(key),
      policy: aPolicy({ runtimes: ['openvino', 'onnxruntime'] }),
      now: TEST_NOW,
      lineContract: null,
    },
    { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere, partsSchema: cycloneDxSchema },
  );
}

const NUMBERS = 64;
const network = (size: number): string => `<?xml version="1.0"?>
<net name="small" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,4" element_type="f32"/></layer>
<layer id="1" name="w" type="Const" version="opset1"><data element_type="f32" shape="16" offset="0" size="${String(size)}"/></layer>
</layers><edges/></net>`;

async function anIrBundle(change: Partial<BundleSpec['variants'][number]>, size = NUMBERS): Promise<TestLayout> {
  const filesDir = await mkdtemp(join(root, 'files-'));
  await writeSpecFiles(filesDir);
  await writeFile(join(filesDir, 'net.xml'), network(size));
  for (const name of ['net.bin', 'other.bin']) await writeFile(join(filesDir, name), new Uint8Array(NUMBERS).fill(7));
  const base = aBundleSpec();
  const [first] = base.variants;
  if (first === undefined) throw new Error('the specification has no variant');
  const variant = { ...first, id: 'cpu-ir', runtime: 'openvino', file: 'net.xml', data: 'net.bin', ...change } as const;
  return aSignedLayout({
    key,
    filesDir,
    outDir: await mkdtemp(join(root, 'l-')),
    spec: { ...base, variants: [variant] },
  });
}

describe('a bundle with OpenVINO IR', () => {
  it('is accepted with the file of numbers, which the parts list names', async () => {
    const { verdict, bundle } = await judge(await anIrBundle({}));

    expect(verdict.findings).toEqual([]);
    expect(verdict.verdict).toBe('accepted');
    const [variant] = bundle?.variants ?? [];
    expect([variant?.weights.annotations, variant?.data?.size]).toEqual([
      expect.objectContaining({ 'org.cncf.model.filepath': 'net.xml' }),
      NUMBERS,
    ]);
    expect(verdict.facts).toContainEqual(expect.objectContaining({ code: 'STRUCTURE_SAFE', established: true }));
  });

  it('is refused when the structure reads behind the end of the numbers', async () => {
    const { verdict } = await judge(await anIrBundle({}, NUMBERS + 1));

    expect(verdict.findings.map(({ code }) => code)).toEqual(['ARTEFACT_RANGE']);
  });

  it.each<[string, Partial<BundleSpec['variants'][number]>]>([
    ['numbers of another name', { data: 'other.bin' }],
    ['a runtime that has no second file', { runtime: 'onnxruntime', file: 'model.onnx', data: 'net.bin' }],
  ])('is not packed with %s', async (_what, change) => {
    await expect(anIrBundle(change)).rejects.toMatchObject({ code: 'BUNDLE_SPEC_INVALID' });
  });
});

describe('a parts list that names the weights alone', () => {
  it('is told layer by layer, and refuses nothing', async () => {
    const layout = await aSignedLayout({ key, tamper: 'no-sbom', outDir: await mkdtemp(join(root, 'l-')) });
    const reader = await openLayout(layout.dir);
    const components = (await weightsOf(reader, layout)).map((content, at) => ({
      type: 'file',
      name: `model-${String(at)}.onnx`,
      hashes: [{ alg: 'SHA-256', content }],
    }));
    const predicate = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components };
    const subject = [{ name: 'plant/scale', digest: layout.digest }];
    const statement = statementBytes({ subject, predicateType: PREDICATE_TYPES.sbom, predicate });
    await attach(layout.dir, layout.digest, {
      predicateType: PREDICATE_TYPES.sbom,
      content: await signStatement(statement, key),
    });

    const { verdict } = await judge(layout);

    expect(verdict.verdict).toBe('accepted');
    const unlisted = verdict.findings.filter(({ code }) => code === 'SBOM_LAYER_UNLISTED');
    expect(unlisted.map(({ at }) => at)).toEqual([
      'contract.json',
      'golden/0/input_0.pb',
      'golden/0/output_0.pb',
      'evaluation.json',
      'card.md',
    ]);
    expect(new Set(unlisted.map(({ severity }) => severity))).toEqual(new Set(['info']));
  });
});

/** SHA-256 of the weights of a layout, hex. */
async function weightsOf(reader: BlobReader, { digest }: TestLayout): Promise<string[]> {
  const json = async (of: Digest): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await reader.read(of, 1_000_000)));
  const { manifests } = ImageIndex.parse(await json(digest));
  const read = await Promise.all(manifests.map(async (one) => ImageManifest.parse(await json(one.digest))));
  return read
    .flatMap(({ layers }) => layers)
    .filter(({ mediaType }) => mediaType === MEDIA_TYPES.modelWeights)
    .map((layer) => digestHex(layer.digest));
}
