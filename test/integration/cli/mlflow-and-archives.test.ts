import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aBundleSpec, aModelFile, writeSpecFiles } from '#test/support/bundles.ts';
import { TEST_BUILDER, TEST_SOURCE } from '#test/support/trust.ts';
import { gantry, giveFreePorts } from './gantry.ts';

let work: string;
const at = (...parts: string[]): string => join(work, ...parts);

const ML_MODEL = `artifact_path: model
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_version: 1.16.0
    providers: [CUDAExecutionProvider, CPUExecutionProvider]
  python_function:
    data: model.onnx
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.onnx
    python_version: 3.11.8
mlflow_version: 2.14.1
model_uuid: 6f1c8a2f8b3f4a3e9d2d0c0e8b1c7a55
run_id: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}, "name": "x"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}, "name": "y"}]'
  params: null
utc_time_created: '2026-02-01 10:11:12.131415'
`;

async function writeMlflow(dir: string, mlModel = ML_MODEL): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'MLmodel'), mlModel);
  await writeFile(join(dir, 'model.onnx'), aModelFile());
  await writeFile(
    join(dir, 'requirements.txt'),
    'mlflow==2.14.1\nonnx==1.16.0\nnumpy>=1.24\n# comment\nonnxruntime==1.18.0\n',
  );
  await writeFile(join(dir, 'conda.yaml'), 'name: mlflow-env\n');
}

/** What MLflow does not know. */
function additions(): object {
  const { variants: _v, modelCard: _c, createdAt: _t, contract, ...rest } = aBundleSpec();
  const { inputs: _i, outputs: _o, ...ours } = contract;
  return { ...rest, contract: ours };
}

async function done(...args: string[]): Promise<Record<string, unknown>> {
  const ran = await gantry(...args, '--json');
  expect([ran.status, ran.err]).toEqual([0, '']);
  return ran.json();
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-mlflow-'));
  await writeSpecFiles(at('spec'));
  await writeFile(at('spec', 'more.yaml'), JSON.stringify(additions()));
  await writeMlflow(at('mlflow'));
});
afterAll(() => rm(work, { recursive: true }));

// One story: later facts need earlier ones.
describe('an MLflow model folder', () => {
  it('becomes a bundle whose contract is the one of its signature', async () => {
    await done(
      'bundle',
      'create',
      '--from-mlflow',
      at('mlflow'),
      '--spec',
      at('spec', 'more.yaml'),
      '--out',
      at('layout'),
    );
    const inspected = await done('bundle', 'inspect', at('layout'));

    expect(inspected).toMatchObject({
      findings: [],
      contract: { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }], outputs: [{ name: 'y' }] },
      variants: [{ target: { id: 'onnx-fp32', runtime: 'onnxruntime' } }],
    });
  });

  it('ends in an accepted import, as an archive of any form', async () => {
    await done('keys', 'create', '--out', at('keys'), '--name', 'plant', '--no-passphrase');
    await done('bundle', 'sign', at('layout'), '--key', at('keys', 'plant.key.pem'), '--no-passphrase');
    await done('init', '--site', at('site'), '--name', 'Works');
    await giveFreePorts(at('site'));
    const key = at('keys', 'plant.pub.pem');
    const siteArgs = ['--site', at('site')];
    await gantry('trust', 'add-key', ...siteArgs, '--name', 'Plant', '--channel', 'production', '--key', key);
    await gantry(
      'trust',
      'policy',
      ...siteArgs,
      '--channel',
      'production',
      '--builder',
      TEST_BUILDER,
      '--source',
      TEST_SOURCE,
    );
    for (const [flag, name] of [
      ['-cf', 'b.tar'],
      ['-czf', 'b.tar.gz'],
      ['-I zstd -cf', 'b.tar.zst'],
    ] as const)
      execFileSync('tar', [
        ...(flag.startsWith('-I') ? ['-I', 'zstd', '-cf'] : [flag]),
        at(name),
        '-C',
        at('layout'),
        '.',
      ]);

    const imported = await done('import', at('b.tar.gz'), ...siteArgs, '--accept', '--reason', 'test');

    expect(imported).toMatchObject({ state: 'accepted', verdict: { verdict: 'accepted' } });
    for (const name of ['b.tar', 'b.tar.zst'])
      expect(await done('bundle', 'inspect', at(name))).toMatchObject({ digest: imported['digest'], findings: [] });
    await done('media', 'write', '--from', at('b.tar.zst'), '--to', at('stick'));
    expect(await done('bundle', 'inspect', at('stick'))).toMatchObject({ digest: imported['digest'], findings: [] });
  });

  it('of pickles is refused, and told what to export instead', async () => {
    const pickled = ML_MODEL.replace(
      / {2}onnx:[\s\S]*?(?= {2}python_function)/,
      '  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n',
    );
    await writeMlflow(at('pickled'), pickled);

    const ran = await gantry(
      'bundle',
      'create',
      '--from-mlflow',
      at('pickled'),
      '--spec',
      at('spec', 'more.yaml'),
      '--out',
      at('no'),
    );

    expect([ran.status, ran.err]).toEqual([3, expect.stringContaining('skl2onnx')]);
    expect(ran.err).toContain('ARTEFACT_PICKLE_REFUSED');
  });

  it('whose signature says something else than its model is refused', async () => {
    await writeMlflow(
      at('other'),
      ML_MODEL.replace('"shape": [-1, 4]}, "name": "x"', '"shape": [-1, 5]}, "name": "x"'),
    );

    const ran = await gantry(
      'bundle',
      'create',
      '--from-mlflow',
      at('other'),
      '--spec',
      at('spec', 'more.yaml'),
      '--out',
      at('no'),
    );

    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('BUNDLE_SPEC_INVALID')]);
  });
});
