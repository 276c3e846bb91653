import { toAppError, type Clock, type IdSource } from '#core/base/index.ts';
import { createSampleCap } from '#core/doubt/index.ts';
import type { Answered } from '#agent/serving/model-host.ts';
import { sampleContent, sampleOutputs } from './make-sample.ts';
import type { SampleQueue } from './sample-queue.ts';

export interface SamplerDeps {
  readonly device: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly queue: SampleQueue;
  readonly perMinute: number;
  readonly log: (message: string) => void;
}

/** Share of sure answers that go to review all the same: without controls nobody sees what the model is wrongly sure of. */
const CONTROL_SHARE = 0.02;

/** Routes doubtful answers, and a few sure ones, to review. Works after the answer has left; the cap protects people and disk. */
export function createSampler({ device, clock, ids, queue, perMinute, log }: SamplerDeps): (answer: Answered) => void {
  const cap = createSampleCap(perMinute);
  return ({ model, inputs, outputs, doubts }) => {
    const { contract, ref } = model.installed;
    if (contract.review === undefined) return;
    for (const [index, doubt] of doubts.entries()) {
      const reason = doubt.doubtful ? 'low-confidence' : 'random-control';
      if (!doubt.doubtful && !drawn(ids)) continue;
      if (!cap.admit(clock.now())) return;
      setImmediate(() => {
        const content = sampleContent({ contract, inputs, outputs, index });
        if (content === null) return;
        const sample = {
          v: 1 as const,
          device,
          sampleId: ids.next(),
          takenAt: Math.round(clock.now()),
          model: ref,
          reason,
          score: Number.isFinite(doubt.score) ? doubt.score : -1,
          content,
          outputs: sampleOutputs({ contract, inputs, outputs, index }),
        } as const;
        queue
          .put(sample)
          .then(() => queue.drain())
          .catch((error: unknown) => {
            log(`sample lost: ${toAppError(error).message}`);
          });
      });
    }
  };
}

/** Drawn from the id source, so that tests can fix it. */
function drawn(ids: IdSource): boolean {
  const [high = 0, low = 0] = ids.random(2);
  return (high * 256 + low) / 65_536 < CONTROL_SHARE;
}
