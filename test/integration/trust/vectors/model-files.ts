import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleSpec } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { artefactSamples, safetensorsOf, utf8, zipOf } from '#test/support/artefact-samples.ts';
import { aBundleSpec, aModelFile, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { hostileModels } from '#test/support/hostile-models.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { aVectorFolder, judgeInput } from './lab.ts';
import type { Vector, VectorSuite } from './vector.ts';

const key = aSigningKey();
const [first] = aBundleSpec().variants;
if (first === undefined) throw new Error('the bundle has no variant');

type Target = Partial<BundleSpec['variants'][number]>;
const ALL = ['onnxruntime', 'tensorrt', 'openvino', 'tflite', 'executorch', 'gguf', 'torchserve'];

/** A publisher who may sign, signs a bundle around this file. */
async function judge(file: Uint8Array = aModelFile(), target: Target = {}): Promise<readonly string[]> {
  const filesDir = await aVectorFolder();
  await writeSpecFiles(filesDir);
  const name = target.file ?? 'model.onnx';
  await writeFile(join(filesDir, name), file);
  const variant = { ...first, id: 'cpu-fp32', ...target } as BundleSpec['variants'][number];
  const spec = aBundleSpec({ variants: [variant] });
  const layout = await aSignedLayout({ key, spec, filesDir, outDir: await aVectorFolder() });
  return judgeInput(layout.dir, { trust: aTrustStore(key), policy: aPolicy({ runtimes: ALL }) });
}

function hostile(rule: ErrorCode, name: string, ...also: ErrorCode[]): Vector {
  const model = hostileModels().find((one) => one.name === name);
  if (model?.rule !== rule) throw new Error(`no hostile model ${name} of ${rule}`);
  return { what: `the model has ${name}`, code: rule, judge: () => judge(model.bytes), also };
}

const other = (
  what: string,
  code: ErrorCode,
  file: Uint8Array,
  { also = [], ...target }: Target & { also?: readonly ErrorCode[] } = {},
): Vector => ({ what, code, judge: () => judge(file, target), also });

/** These files have no inputs or outputs of the contract, and that is told beside what they do. */
const UNLIKE = 'CONTRACT_MODEL_MISMATCH';

/** Model files that a publisher who is trusted signed all the same: a signature makes no file harmless. */
export const modelFiles: VectorSuite = {
  name: 'a signed bundle around a model file',
  judge: () => judge(),
  vectors: [
    hostile('ONNX_MALFORMED', 'an empty file'),
    hostile('ONNX_EXTERNAL_DATA', 'external data in the folder above', UNLIKE),
    hostile('ONNX_EXTERNAL_RANGE', 'external data with a negative offset', 'ONNX_EXTERNAL_DATA', UNLIKE),
    hostile('ONNX_TENSOR_SHAPE', 'a tensor with a negative dimension', UNLIKE),
    hostile('ONNX_OPERATOR_REFUSED', 'operator ai.onnx.contrib::PyOp'),
    hostile('ONNX_DOMAIN_UNKNOWN', 'operator org.example::Anything'),
    hostile('ONNX_HUGE_ALLOCATION', 'a huge output of Expand'),
    hostile('ONNX_FUNCTION_CYCLE', 'functions in a circle'),
    hostile('ONNX_FUNCTION_EXPANSION', '30 functions that double'),
    hostile('ONNX_LOOP_UNBOUNDED', 'a loop of 2^62 rounds'),
    hostile('ONNX_TOO_DEEP', '90 levels of If', UNLIKE),
    hostile('ONNX_TOO_LARGE', 'more nodes than a reader holds', UNLIKE),
    hostile('ONNX_FIELD_REPEATED', 'two graphs, the bad one second'),
    hostile('ONNX_NAME_TOO_LONG', 'a name of a megabyte'),
    hostile('ONNX_NAME_REPEATED', 'a value with two makers'),
    hostile('ONNX_INPUT_MISSING', 'an input that nothing makes'),
    hostile('ONNX_OPSET_UNKNOWN', 'an operator set that cannot be', UNLIKE),
    other('the file is a pickle', 'ARTEFACT_PICKLE_REFUSED', zipOf(['archive/data.pkl']), {
      runtime: 'torchserve',
      file: 'model.pt',
      also: ['ARTEFACT_KIND_MISMATCH'],
    }),
    other('the file can carry code', 'ARTEFACT_CODE_REFUSED', Uint8Array.of(0x89, ...utf8('HDF\r\n\u001a\n')), {
      runtime: 'tflite',
      file: 'model.h5',
      also: ['ARTEFACT_KIND_MISMATCH'],
    }),
    other('the file is of no kind', 'ARTEFACT_KIND_UNKNOWN', utf8('hello, world, here is no model'), {
      runtime: 'gguf',
      file: 'model.gguf',
    }),
    other('the file has a broken header', 'ARTEFACT_MALFORMED', safetensorsOf('{"a":', 0), {
      runtime: 'torchserve',
      file: 'model.safetensors',
    }),
    other(
      'the file names bytes outside of it',
      'ARTEFACT_RANGE',
      safetensorsOf({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, 8),
      {
        runtime: 'torchserve',
        file: 'model.safetensors',
      },
    ),
    other('an engine does not say its runtime', 'ARTEFACT_VERSION_NEEDED', artefactSamples.tensorrt(), {
      runtime: 'tensorrt',
      runtimeVersion: '',
      file: 'model.engine',
    }),
  ],
};
