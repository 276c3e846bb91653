import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processMemory } from '#native/machine/index.ts';
import type { FuzzJob, FuzzWord } from './fuzz-worker.ts';
import type { Failure, Tally } from './run-inputs.ts';

/** Limits of target S7. */
const FUZZ_LIMITS = { hangMs: 10_000, rssBytes: 512 * 1024 * 1024 };
const POLL_MS = 100;

/** A worker process and its watcher: an input that hangs, eats memory or ends the process is a failure, and the next one goes on. */
export class WatchedWorker {
  #child: ChildProcess | null = null;
  #maxRss = 0;

  get maxRssBytes(): number {
    return this.#maxRss;
  }

  async run(job: FuzzJob): Promise<Tally[]> {
    const tallies: Tally[] = [];
    let from = job.from;
    // A target that ends its process again and again has said enough.
    while (from < job.to && tallies.length < 10) {
      const part = await this.#runPart({ ...job, from });
      tallies.push(part.tally);
      from = part.next;
    }
    return tallies;
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  async #runPart(job: FuzzJob): Promise<{ tally: Tally; next: number }> {
    const child = await this.#started();
    let index = job.from;
    let since = performance.now();
    return new Promise((resolve) => {
      const watch = setInterval(() => {
        const rss = child.pid === undefined ? 0 : (processMemory(child.pid).rssBytes ?? 0);
        this.#maxRss = Math.max(this.#maxRss, rss);
        if (rss >= FUZZ_LIMITS.rssBytes) fail('memory', `${String(rss)} bytes resident`);
        else if (performance.now() - since > FUZZ_LIMITS.hangMs) fail('hung', 'no answer in 10 s');
      }, POLL_MS);
      const settle = (tally: Tally, next: number): void => {
        clearInterval(watch);
        child.removeAllListeners('message').removeAllListeners('exit');
        resolve({ tally, next });
      };
      const fail = (outcome: Failure['outcome'], detail: string): void => {
        this.close();
        const failure = { index, outcome, detail, inputBase64: '' };
        const inputs = index - job.from + 1;
        settle({ inputs, accepted: 0, refused: inputs - 1, maxMs: 0, failures: [failure] }, index + 1);
      };
      child.on('message', (word: FuzzWord) => {
        if (word.type === 'at') [index, since] = [word.index, performance.now()];
        if (word.type === 'done') settle(word.tally, job.to);
      });
      child.once('exit', (code, signal) => {
        fail('crashed', `the process ended: ${signal ?? String(code)}`);
      });
      child.send(job);
    });
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child !== null) return this.#child;
    const child = fork(fileURLToPath(new URL('./fuzz-worker.ts', import.meta.url)), [], {
      execArgv: ['--max-old-space-size=400'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => {
        resolve();
      });
      child.once('exit', (code) => {
        reject(new Error(`a worker ended at its start: ${String(code)}`));
      });
    });
    child.removeAllListeners('exit');
    return child;
  }
}
