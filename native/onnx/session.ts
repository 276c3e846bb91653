import { readFile, stat } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { TensorDatatype } from '#contracts/bundle.ts';
import { AppError, GIB, type Digest } from '#core/base/index.ts';
import type { Tensor } from '#core/tensor/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { loadOnnxRuntime, providerFor, type OnnxRuntime } from './runtime.ts';
import { datatypeOf, fromOrt, toOrt } from './tensors.ts';

/** One thread, no spinning: two spinning threads measured 1.8 times slower on a busy two-core gateway. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/** ONNX is one protobuf message, and a message ends at 2 GiB. */
const MODEL_LIMIT_BYTES = 2 * GIB;

/** A value that a session takes or gives. */
export interface Port {
  readonly name: string;
  readonly datatype: TensorDatatype;
  /** −1 where the dimension is free. */
  readonly shape: readonly number[];
}

/** How long each part of opening took. */
export interface OpenPhases {
  readonly runtimeLoadMs: number;
  readonly modelReadMs: number;
  readonly compileMs: number;
}

/** A loaded model. `run` blocks its thread until the answer is there: worker threads and child processes only. */
export interface OnnxSession {
  readonly provider: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly phases: OpenPhases;
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  close(): Promise<void>;
}

/**
 * Reads the weights, checks them against their digest and compiles exactly the bytes that were checked.
 * BUNDLE_DIGEST_MISMATCH for other bytes; nothing that fails the check reaches the runtime.
 */
export async function openOnnxSession(model: {
  path: string;
  digest: Digest | null;
  providers: readonly string[];
}): Promise<OnnxSession> {
  const provider = providerFor(model.providers);
  const from = performance.now();
  const runtime = await loadOnnxRuntime();
  const loaded = performance.now();
  const bytes = await readWeights(model.path, model.digest);
  const read = performance.now();
  const session = await runtime.InferenceSession.create(bytes, { ...SESSION_OPTIONS, executionProviders: [provider] });
  const phases: OpenPhases = {
    runtimeLoadMs: loaded - from,
    modelReadMs: read - loaded,
    compileMs: performance.now() - read,
  };
  return wrap(runtime, session, { provider, phases });
}

async function readWeights(path: string, digest: Digest | null): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > MODEL_LIMIT_BYTES)
    throw new AppError('INPUT_TOO_LARGE', `a model of ${String(size)} bytes cannot be one ONNX message`, {
      path,
      size,
    });
  const bytes = await readFile(path);
  const got = nodeHasher.sha256(bytes);
  if (digest !== null && got !== digest)
    throw new AppError('BUNDLE_DIGEST_MISMATCH', `${path}: ${digest} expected, file has ${got}`, {
      path,
      want: digest,
      got,
    });
  return bytes;
}

function wrap(
  runtime: OnnxRuntime,
  session: InferenceSession,
  about: Pick<OnnxSession, 'provider' | 'phases'>,
): OnnxSession {
  return {
    ...about,
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
    async run(inputs) {
      const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toOrt(runtime, tensor)]));
      const results = await session.run(feeds);
      return session.outputNames.flatMap((name) => {
        const tensor = results[name];
        return tensor === undefined ? [] : [fromOrt(name, tensor)];
      });
    },
    close: () => session.release(),
  };
}

function portOf(metadata: InferenceSession.ValueMetadata): Port {
  if (!metadata.isTensor)
    throw new AppError('BENCHMARK_RUNTIME_MISSING', `${metadata.name} is not a tensor`, { name: metadata.name });
  return {
    name: metadata.name,
    datatype: datatypeOf(metadata.type),
    shape: metadata.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : -1)),
  };
}
