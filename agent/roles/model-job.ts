import { readFile } from 'node:fs/promises';
import type { ModelContract } from '#contracts/bundle.ts';
import type { Digest } from '#core/base/index.ts';
import { compareTensors, readTensorProto, type Tensor } from '#core/tensor/index.ts';
import type { OnnxSession } from '#native/onnx/index.ts';

/** A model on this disk and how to prove it. Crosses to child processes by structured clone. */
export interface ModelJob {
  readonly path: string;
  readonly digest: Digest | null;
  readonly providers: readonly string[];
  readonly golden: readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
  readonly tolerance: ModelContract['tolerance'];
}

export interface GoldenVector {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Reads golden vectors; tensors without a name take those of the session, in order. */
export async function readGolden(job: Pick<ModelJob, 'golden'>, session: OnnxSession): Promise<GoldenVector[]> {
  const read = async (paths: readonly string[], ports: OnnxSession['inputs']): Promise<Tensor[]> =>
    Promise.all(
      paths.map(async (path, index) => {
        const tensor = readTensorProto(await readFile(path));
        const isNamed = ports.some((port) => port.name === tensor.name);
        return isNamed ? tensor : { ...tensor, name: ports[index]?.name ?? tensor.name };
      }),
    );
  return Promise.all(
    job.golden.map(async (vector) => ({
      inputs: await read(vector.inputs, session.inputs),
      outputs: await read(vector.outputs, session.outputs),
    })),
  );
}

/** One line for each golden output that differs; empty means reproduced. */
export async function goldenDifferences(
  session: OnnxSession,
  vectors: readonly GoldenVector[],
  tolerance: ModelJob['tolerance'],
): Promise<string[]> {
  const differences: string[] = [];
  for (const [index, vector] of vectors.entries()) {
    const outputs = await session.run(vector.inputs);
    for (const expected of vector.outputs) {
      const got = outputs.find((output) => output.name === expected.name);
      const comparison = got === undefined ? null : compareTensors(expected, got, tolerance);
      if (comparison?.equal === true) continue;
      const ratio = comparison === null ? '' : ` (${comparison.worstRatio.toPrecision(3)} times the tolerance)`;
      differences.push(`case ${String(index)}: ${comparison?.detail ?? `no output ${expected.name}`}${ratio}`);
    }
  }
  return differences;
}
