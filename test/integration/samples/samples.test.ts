import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanOnnx } from '#test/support/scan-onnx.ts';
import { readTensorProto, toNumbers } from '#core/tensor/index.ts';
import { verifyModelBundle } from '#core/verification/index.ts';
import { createLayout, signLayout } from '#cli/authoring/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { generateSamples, SAMPLE_BUILDER, SAMPLE_SOURCE, type Samples } from '#resources/samples/index.ts';
import { aPolicy, aSigningKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';
import { scanHere } from '#test/support/scan-here.ts';

const SEED = 7;
let root: string;
let samples: Samples;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-samples-'));
  samples = await generateSamples(join(root, 'a'), { seed: SEED });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function openModel(
  file: string,
): Promise<(values: Float32Array) => Promise<{ values: Float32Array; ms: number }>> {
  const session = await InferenceSession.create(join(root, 'a', file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return async (values) => {
    const startedAt = performance.now();
    const { heatmap } = await session.run({ image: new Tensor('float32', values, [1, 1, 64, 64]) });
    return { values: heatmap?.data as Float32Array, ms: performance.now() - startedAt };
  };
}

const ambiguous = (values: Float32Array): number => values.filter((value) => Math.abs(value - 0.5) <= 0.3).length;

describe('generateSamples', () => {
  it('writes the same bytes for the same seed', async () => {
    await generateSamples(join(root, 'b'), { seed: SEED });
    const names = (await readdir(join(root, 'a'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'a').length + 1));

    expect(names.length).toBeGreaterThan(30);
    for (const name of names)
      expect((await readFile(join(root, 'b', name))).equals(await readFile(join(root, 'a', name))), name).toBe(true);
  });

  it.each([
    ['detector-1.0.0.onnx', '1.0.0'],
    ['detector-1.0.0-int8.onnx', '1.0.0'],
    ['detector-1.1.0.onnx', '1.1.0'],
    ['detector-1.1.0-int8.onnx', '1.1.0'],
    ['detector-1.2.0.onnx', '1.2.0'],
  ])('%s loads in ONNX Runtime, is clean, and gives its golden answers', async (file, version) => {
    const run = await openModel(file);
    expect(scanOnnx(await readFile(join(root, 'a', file))).findings).toEqual([]);

    for (const golden of ['0', '1']) {
      const folder = join(root, 'a', `golden-${version}`, golden);
      const input = readTensorProto(await readFile(join(folder, 'input_0.pb')));
      const wanted = readTensorProto(await readFile(join(folder, 'output_0.pb'))).data;
      const { values } = await run(Float32Array.from(toNumbers(input)));
      expect(Math.max(...values.map((value, at) => Math.abs(value - Number(wanted[at] ?? Number.NaN))))).toBeLessThan(
        1e-4,
      );
    }
  });

  it('makes a good release that is sure of most parts and finds every clear defect', async () => {
    const run = await openModel('detector-1.1.0.onnx');
    let doubtful = 0;
    for (const frame of samples.frames) {
      const { values } = await run(frame.inputs[0].values);
      if (ambiguous(values) > 2) doubtful += 1;
      for (const { x, y, width, height, contrast } of frame.defects) {
        const cell = Math.floor((y + height / 2) / 4) * 16 + Math.floor((x + width / 2) / 4);
        if (contrast >= 0.3) expect(values[cell]).toBeGreaterThan(0.5);
      }
    }

    expect(doubtful).toBeGreaterThan(0);
    expect(doubtful / samples.frames.length).toBeLessThan(0.5);
  });

  it('makes a bad release that is slow and never sure', async () => {
    const good = await openModel('detector-1.1.0.onnx');
    const bad = await openModel('detector-1.2.0.onnx');
    const values = samples.frames[0]?.inputs[0].values ?? new Float32Array();
    const slow = await bad(values);

    expect(ambiguous(slow.values)).toBe(256);
    await good(values);
    expect(slow.ms).toBeGreaterThan((await good(values)).ms * 20);
  });

  it('is packed, signed and accepted in every version', async () => {
    const key = aSigningKey();
    for (const [name, specPath] of Object.entries(samples.specs)) {
      const { dir, digest } = await createLayout(specPath, join(root, 'layouts', name));
      await signLayout({ dir, key, now: TEST_NOW });
      const reader = await openLayout(dir);
      const { verdict } = await verifyModelBundle(
        {
          reader,
          bundleDigest: digest,
          referrers: reader.referrersOf(digest),
          trust: aTrustStore(key),
          policy: aPolicy({ builders: [SAMPLE_BUILDER], sources: [SAMPLE_SOURCE] }),
          now: TEST_NOW,
          lineContract: null,
        },
        { attestations: sigstoreAttestations, hasher: nodeHasher, scanner: scanHere },
      );
      expect(verdict, name).toMatchObject({ verdict: 'accepted', findings: [] });
    }
  });
});
