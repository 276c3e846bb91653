import { spawn, type ChildProcess } from 'node:child_process';
import { PROGRAM_ENV } from './program-env.ts';

/** How a disturbed program ended, and what it had told. */
export interface DisturbedRun {
  /** The disturbance came before the program had ended by itself. */
  readonly inTime: boolean;
  readonly out: string;
}

/** Runs a Node program and disturbs it `afterMs` after its first word: before that, it is the start that is hit, which only repeats itself. */
export function runDisturbed(
  args: readonly string[],
  afterMs: number,
  disturb: (child: ChildProcess) => void,
): Promise<DisturbedRun> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: PROGRAM_ENV });
  let out = '';
  let err = '';
  let inTime = false;
  let timer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString('utf8')));
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString('utf8');
    timer ??= setTimeout(() => {
      inTime = child.exitCode === null;
      disturb(child);
    }, afterMs);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (inTime || code === 0) resolve({ inTime, out });
      else reject(new Error(`the program ended with ${String(code)}: ${err}`));
    });
  });
}
