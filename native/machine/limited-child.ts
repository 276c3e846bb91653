import { fork } from 'node:child_process';
import { KIB } from '#core/base/index.ts';
import { processMemory } from './process-memory.ts';

/** Work for a process that may be killed at any moment: a hostile or broken model ends there, not here. */
export interface LimitedChild {
  /** The program's own file, which starts as a child by its role. */
  readonly entryFile: string;
  readonly role: string;
  /** Sent to the child; its answer comes back. Structured clone. */
  readonly job: unknown;
  readonly timeLimitMs: number;
  readonly memoryLimitBytes: number | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: unknown) => void;
}

export type ChildOutcome =
  | { readonly ended: 'answered'; readonly answer: unknown; readonly log: string; readonly spawnMs: number }
  | {
      readonly ended: 'time-limit' | 'memory-limit' | 'crashed' | 'cancelled';
      readonly detail: string;
      readonly log: string;
    };

/** Often enough to stop a runaway allocation before the machine swaps. */
const MEMORY_POLL_MS = 50;
const LOG_LIMIT_CHARS = 16 * KIB;

type FromChild =
  | { readonly type: 'started' }
  | { readonly type: 'progress'; readonly message: unknown }
  | { readonly type: 'answer'; readonly answer: unknown };

/** Runs one job in a fresh process and always ends that process. */
export function runLimitedChild(work: LimitedChild): Promise<ChildOutcome> {
  const spawnedAt = performance.now();
  const child = fork(work.entryFile, [`--gantry-role=${work.role}`], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let log = '';
  let spawnMs = 0;
  child.stderr?.on('data', (chunk: Buffer) => {
    if (log.length < LOG_LIMIT_CHARS) log = (log + chunk.toString('utf8')).slice(0, LOG_LIMIT_CHARS);
  });
  return new Promise((resolve) => {
    const end = (outcome: ChildOutcome): void => {
      clearTimeout(timeLimit);
      clearInterval(memoryPoll);
      work.signal?.removeEventListener('abort', cancel);
      child.kill('SIGKILL');
      resolve(outcome);
    };
    const cancel = (): void => {
      end({ ended: 'cancelled', detail: 'cancelled', log });
    };
    const timeLimit = setTimeout(() => {
      end({ ended: 'time-limit', detail: `no answer within ${String(work.timeLimitMs)} ms`, log });
    }, work.timeLimitMs);
    const memoryPoll = setInterval(() => {
      const used = child.pid === undefined ? null : processMemory(child.pid).rssBytes;
      if (work.memoryLimitBytes === null || used === null || used <= work.memoryLimitBytes) return;
      end({
        ended: 'memory-limit',
        detail: `${String(work.memoryLimitBytes)} bytes are allowed, ${String(used)} were used`,
        log,
      });
    }, MEMORY_POLL_MS);
    if (work.signal?.aborted === true) cancel();
    else work.signal?.addEventListener('abort', cancel, { once: true });
    child.on('message', (message: FromChild) => {
      if (message.type === 'started') {
        spawnMs = performance.now() - spawnedAt;
        child.send({ job: work.job });
      } else if (message.type === 'progress') work.onProgress?.(message.message);
      else end({ ended: 'answered', answer: message.answer, log, spawnMs });
    });
    child.once('error', (error) => {
      end({ ended: 'crashed', detail: error.message, log });
    });
    child.once('exit', (code, signal) => {
      end({ ended: 'crashed', detail: signal === null ? `exit code ${String(code)}` : `signal ${signal}`, log });
    });
  });
}
