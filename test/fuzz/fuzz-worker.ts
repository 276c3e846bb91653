import { runInputs, type Tally } from './run-inputs.ts';
import type { Prepared } from './target.ts';
import { TARGETS } from './targets/index.ts';

/** Work for a worker, and its words to the watcher. */
export type FuzzJob = { readonly seed: number; readonly name: string; readonly from: number; readonly to: number };
export type FuzzWord =
  | { readonly type: 'ready' }
  | { readonly type: 'at'; readonly index: number }
  | { readonly type: 'done'; readonly tally: Tally };

const say = (word: FuzzWord): void => {
  process.send?.(word);
};
let last: { name: string; prepared: Prepared } | null = null;

process.on('message', (job: FuzzJob) => {
  void work(job);
});
process.on('disconnect', () => process.exit(0));
say({ type: 'ready' });

async function work(job: FuzzJob): Promise<void> {
  if (last?.name !== job.name) {
    const target = TARGETS.find(({ name }) => name === job.name);
    if (target === undefined) throw new Error(`there is no target ${job.name}`);
    last = { name: job.name, prepared: await target.prepare() };
  }
  const tally = await runInputs({ ...job, prepared: last.prepared }, (index) => {
    say({ type: 'at', index });
  });
  say({ type: 'done', tally });
}
