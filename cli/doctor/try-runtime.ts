import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatTensor, writeModel } from '#core/onnx/index.ts';
import { onnxRuntimeVersion, openOnnxSession } from '#native/onnx/index.ts';

// Started by `gantry doctor` as a process of its own: a native library that does not fit this machine may end it.

const dir = await mkdtemp(join(tmpdir(), 'gantry-doctor-'));
try {
  const path = join(dir, 'twice.onnx');
  await writeFile(path, twiceModel());
  const session = await openOnnxSession({ path, digest: null, providers: ['cpu'] });
  const [answer] = await session.run([{ name: 'x', datatype: 'FP32', shape: [1], data: new Float32Array([21]) }]);
  await session.close();
  process.stdout.write(
    JSON.stringify({ version: onnxRuntimeVersion(), provider: session.provider, isRight: answer?.data[0] === 42 }),
  );
} finally {
  await rm(dir, { recursive: true });
}

function twiceModel(): Uint8Array {
  return writeModel({
    producer: 'gantry-doctor',
    opset: 17,
    graph: {
      name: 'twice',
      nodes: [{ op: 'Mul', inputs: ['x', 'two'], outputs: ['y'] }],
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }],
      initialisers: [floatTensor('two', [], [2])],
    },
  });
}
