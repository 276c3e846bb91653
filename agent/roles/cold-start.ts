import { answerParent } from '#native/machine/index.ts';
import { openOnnxSession } from '#native/onnx/index.ts';
import { benchmarkInputs } from './benchmark-inputs.ts';
import type { ModelJob } from './model-job.ts';

/** Phases of one start in a fresh process; the time to spawn is measured by the parent. */
export interface ColdStartAnswer {
  readonly runtimeLoadMs: number;
  readonly modelReadMs: number;
  readonly compileMs: number;
  readonly firstAnswerMs: number;
}

export function playColdStart(): void {
  answerParent(async (job): Promise<ColdStartAnswer> => {
    const { model, seed } = job as { model: ModelJob; seed: number };
    const session = await openOnnxSession(model);
    const [inputs] = await benchmarkInputs(model, session, { seed, copies: 1 });
    const from = performance.now();
    await session.run(inputs ?? []);
    return { ...session.phases, firstAnswerMs: performance.now() - from };
  });
}
