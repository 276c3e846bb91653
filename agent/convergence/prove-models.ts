import { compareTensors, readTensorProto, type Tensor } from '#core/tensor/index.ts';
import type { InstalledModel } from '#core/slots/index.ts';
import { MIB, type Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { runLimitedChild } from '#native/machine/index.ts';
import type { SmokeAnswer, SmokeJob } from '#agent/roles/smoke.ts';
import type { LoadedModel } from '#agent/serving/model-host.ts';
import type { SmokeOutcome } from './slot-context.ts';

export interface ProveDeps {
  readonly store: BlobStore;
  readonly entryFile: string;
  readonly timeLimitMs: number;
}

/** What Node and the runtime need before a model is loaded. */
const PROGRAM_BYTES = 256 * MIB;
const GOLDEN_LIMIT_BYTES = 512 * MIB;

/** Golden vectors in a child that is killed at its time or memory limit: a model may never end, or never stop to grow. */
export async function smokeInChild(
  installed: InstalledModel,
  signal: AbortSignal,
  { store, entryFile, timeLimitMs }: ProveDeps,
): Promise<SmokeOutcome> {
  const path = (digest: Digest): string => store.pathOf(digest);
  const { contract, weights, providers } = installed;
  const job: SmokeJob = {
    path: path(weights.digest),
    digest: weights.digest,
    providers,
    golden: installed.golden.map((vector) => ({ inputs: vector.inputs.map(path), outputs: vector.outputs.map(path) })),
    tolerance: contract.tolerance,
    contract: { inputs: contract.inputs, outputs: contract.outputs },
  };
  const outcome = await runLimitedChild({
    entryFile,
    role: 'smoke',
    job,
    timeLimitMs,
    memoryLimitBytes: contract.objectives.memoryBytes + PROGRAM_BYTES,
    signal,
  });
  if (outcome.ended === 'answered') return { ok: true, answer: outcome.answer as SmokeAnswer };
  const firstLine = outcome.log.trim().split('\n')[0] ?? '';
  return {
    ok: false,
    message:
      `the smoke test ended: ${outcome.ended}, ${outcome.detail}${firstLine === '' ? '' : `: ${firstLine}`}`.slice(
        0,
        1000,
      ),
    log: outcome.log,
  };
}

/** The golden inputs on the loaded model itself: warms it up, and shows that the session which will serve is right. */
export async function proveLoaded({ installed, worker }: LoadedModel, store: BlobStore): Promise<string[]> {
  const read = async (digests: readonly Digest[], ports: readonly { name: string }[]): Promise<Tensor[]> =>
    Promise.all(
      digests.map(async (digest, index) => {
        const tensor = readTensorProto(await store.read(digest, GOLDEN_LIMIT_BYTES));
        return ports.some((port) => port.name === tensor.name)
          ? tensor
          : { ...tensor, name: ports[index]?.name ?? tensor.name };
      }),
    );
  const differences: string[] = [];
  for (const vector of installed.golden) {
    const expected = await read(vector.outputs, worker.outputs);
    const { outputs } = await worker.run(await read(vector.inputs, worker.inputs));
    for (const output of expected) {
      const got = outputs.find((candidate) => candidate.name === output.name);
      const comparison = got === undefined ? null : compareTensors(output, got, installed.contract.tolerance);
      if (comparison?.equal !== true) differences.push(comparison?.detail ?? `no output ${output.name}`);
    }
  }
  return differences;
}
