import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanOnnx } from '#test/support/scan-onnx.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { aBundleSpec, aSignedLayout } from '#test/support/bundles.ts';
import { describeWithShared } from '#test/support/shared-data.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { scanHere } from '#test/support/scan-here.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-real-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describeWithShared('scanOnnx on the published conformance models', 'conformance/onnx', (folder) => {
  const files = folder === '' ? [] : globSync('**/*.onnx', { cwd: folder });

  it('has models to look at', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files)('raises no false alarm on %s', async (file) => {
    expect(scanOnnx(await readFile(join(folder, file))).findings).toEqual([]);
  });
});

describeWithShared('a bundle of the real board inspector', 'data/pcb', (folder) => {
  it('is packed, signed and accepted with both variants', async () => {
    const key = aSigningKey();
    const base = aBundleSpec();
    const [variant] = base.variants;
    const spec = aBundleSpec({
      model: 'pcb-defect',
      version: '1.1.0',
      contract: {
        ...base.contract,
        inputs: [{ name: 'pair', datatype: 'FP32', shape: [-1, 2, 640, 640] }],
        outputs: [{ name: 'heatmap', datatype: 'FP32', shape: [-1, 6, 40, 40] }],
      },
      variants:
        variant === undefined
          ? []
          : [
              { ...variant, id: 'cpu-fp32', file: 'pcb-defect-1.1.0.onnx' },
              { ...variant, id: 'cpu-int8', precision: 'int8', file: 'pcb-defect-1.1.0-int8w.onnx' },
            ],
      golden: [{ inputs: ['golden-1.1.0/input_0.pb'], outputs: ['golden-1.1.0/output_0.pb'] }],
      modelCard: 'metrics.json',
    });
    const layout = await aSignedLayout({ key, spec, filesDir: folder, outDir: join(root, 'pcb') });
    const reader = await openLayout(layout.dir);

    const { verdict, bundle } = await verifyModelBundle(
      {
        reader,
        bundleDigest: layout.digest,
        referrers: reader.referrersOf(layout.digest),
        trust: aTrustStore(key),
        policy: aPolicy(),
        now: TEST_NOW,
        lineContract: null,
      },
      { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
    );

    expect(verdict).toMatchObject({ verdict: 'accepted', findings: [] });
    expect(bundle?.variants.map((loaded) => loaded.target.precision)).toEqual(['fp32', 'int8']);
  });
});

describeWithShared('the models of the machine-failure table', 'data/ai4i', (folder) => {
  it.each(['machine-failure-1.0.0.onnx', 'machine-failure-1.1.0.onnx'])(
    '%s is clean and declares its features',
    async (file) => {
      const scan = scanOnnx(await readFile(join(folder, file)));

      expect(scan.findings).toEqual([]);
      expect(scan.inputs).toEqual([{ name: 'features', datatype: 'FP32', shape: [-1, 6] }]);
    },
  );
});
