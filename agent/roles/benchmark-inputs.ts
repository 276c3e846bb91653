import { seededRandom, type RandomStream } from '#core/benchmark/index.ts';
import { allocate, elementCount, type Tensor } from '#core/tensor/index.ts';
import type { OnnxSession } from '#native/onnx/index.ts';
import { readGolden, type ModelJob } from './model-job.ts';

/** Larger than the last-level cache of a gateway: one tensor used over and over measured twice too fast elsewhere. */
const DISTINCT_BYTES = 48 * 1024 * 1024;
const MAX_COPIES = 64;

/** Distinct inputs in memory: golden inputs with a little seeded noise, or seeded noise alone where a model has no golden vectors. */
export async function benchmarkInputs(
  job: ModelJob,
  session: OnnxSession,
  { seed, copies }: { seed: number; copies: number | 'fill-cache' },
): Promise<Tensor[][]> {
  const random = seededRandom(seed);
  const golden = (await readGolden(job, session)).map((vector) => vector.inputs);
  const bases = golden.length > 0 ? golden : [synthetic(session, random)];
  const bytes = bases
    .flat()
    .reduce((sum, tensor) => sum + (ArrayBuffer.isView(tensor.data) ? tensor.data.byteLength : 0), 0);
  const wanted =
    copies === 'fill-cache'
      ? Math.min(MAX_COPIES, Math.max(2, Math.ceil((DISTINCT_BYTES / Math.max(1, bytes)) * bases.length)))
      : copies;
  return Array.from({ length: wanted }, (_, index) =>
    (bases[index % bases.length] ?? []).map((tensor) => jittered(tensor, random)),
  );
}

function synthetic(session: OnnxSession, random: RandomStream): Tensor[] {
  return session.inputs.map(({ name, datatype, shape }) => {
    const fixed = shape.map((size) => (size === -1 ? 1 : size));
    const data = allocate(datatype, elementCount(fixed));
    if (data instanceof Float32Array || data instanceof Float64Array) data.forEach((_, at) => (data[at] = random()));
    return { name, datatype, shape: fixed, data };
  });
}

/** One part in a thousand: other bytes, the same work. */
function jittered(tensor: Tensor, random: RandomStream): Tensor {
  const { data } = tensor;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return tensor;
  const factor = 1 + (random() - 0.5) * 1e-3;
  return { ...tensor, data: data.map((value) => value * factor) };
}
