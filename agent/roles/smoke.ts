import { answerParent, processMemory } from '#native/machine/index.ts';
import { openOnnxSession, type OnnxSession } from '#native/onnx/index.ts';
import type { ModelContract } from '#contracts/bundle.ts';
import { goldenDifferences, readGolden, type ModelJob } from './model-job.ts';

/** The job and the answer of a smoke test. */
export interface SmokeJob extends ModelJob {
  readonly contract: Pick<ModelContract, 'inputs' | 'outputs'>;
}

export interface SmokeAnswer {
  readonly problems: readonly string[];
  readonly cases: number;
  readonly peakRssBytes: number | null;
  readonly compileMs: number;
}

/** In a child that may be killed: load, compare with the contract, reproduce every golden output. */
export function playSmoke(): void {
  answerParent(async (job) => smoke(job as SmokeJob));
}

async function smoke(job: SmokeJob): Promise<SmokeAnswer> {
  const session = await openOnnxSession(job);
  const mismatches = contractProblems(session, job.contract);
  const vectors = await readGolden(job, session);
  const differences = mismatches.length > 0 ? [] : await goldenDifferences(session, vectors, job.tolerance);
  return {
    problems: [...mismatches, ...differences],
    cases: vectors.length,
    peakRssBytes: processMemory('self').peakRssBytes,
    compileMs: session.phases.compileMs,
  };
}

/** The signed contract says what the line feeds; the file must be that model. */
function contractProblems(session: OnnxSession, contract: SmokeJob['contract']): string[] {
  const check = (kind: string, wanted: SmokeJob['contract']['inputs'], ports: OnnxSession['inputs']): string[] =>
    wanted.flatMap((tensor) => {
      const port = ports.find((candidate) => candidate.name === tensor.name);
      if (port === undefined) return [`${kind} ${tensor.name} of the contract is not in the model`];
      return port.datatype === tensor.datatype
        ? []
        : [`${kind} ${tensor.name}: ${tensor.datatype} in the contract, ${port.datatype} in the model`];
    });
  return [...check('input', contract.inputs, session.inputs), ...check('output', contract.outputs, session.outputs)];
}
