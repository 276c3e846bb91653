import { mutate } from './mutate.ts';
import { randomFor } from './random.ts';
import { judge, type Judged, type Prepared } from './target.ts';

/** What became of a run of inputs of one target. */
export interface Tally {
  inputs: number;
  accepted: number;
  refused: number;
  maxMs: number;
  readonly failures: Failure[];
}

export interface Failure {
  readonly index: number;
  readonly outcome: 'crashed' | 'wrong' | 'hung' | 'memory';
  readonly detail: string;
  readonly inputBase64: string;
}

/** The input that seed, target and index make. */
export function inputOf(seed: number, name: string, index: number, prepared: Prepared): Uint8Array {
  return mutate(prepared.seeds, randomFor(seed, name, index));
}

/** Runs the inputs of `[from, to)`; `before` is told of each one, so that a watcher knows which one does not come back. */
export async function runInputs(
  job: { seed: number; name: string; prepared: Prepared; from: number; to: number },
  before: (index: number) => void = () => undefined,
): Promise<Tally> {
  const tally: Tally = { inputs: 0, accepted: 0, refused: 0, maxMs: 0, failures: [] };
  for (let index = job.from; index < job.to; index += 1) {
    before(index);
    const input = inputOf(job.seed, job.name, index, job.prepared);
    const began = performance.now();
    const judged = await judge(job.prepared, input);
    tally.maxMs = Math.max(tally.maxMs, performance.now() - began);
    tally.inputs += 1;
    note(tally, index, judged, input);
  }
  return tally;
}

function note(tally: Tally, index: number, { outcome, detail }: Judged, input: Uint8Array): void {
  if (outcome === 'accepted' || outcome === 'refused') tally[outcome] += 1;
  else if (tally.failures.length < 20)
    tally.failures.push({
      index,
      outcome,
      detail: detail.slice(0, 2000),
      inputBase64: Buffer.from(input).toString('base64'),
    });
}
