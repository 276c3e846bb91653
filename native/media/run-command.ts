import { execFile } from 'node:child_process';
import { MIB } from '#core/base/index.ts';

/** Runs a system tool and gives back what it printed. */
export type RunCommand = (file: string, args: readonly string[], input?: string) => Promise<string>;

/** A tool that hangs on a dying stick must not stop the polling. */
const TIMEOUT_MS = 5_000;

/** Flushing a slow stick takes a while. */
const SLOW_TIMEOUT_MS = 120_000;

export const runCommand: RunCommand = runner(TIMEOUT_MS);
export const runSlowCommand: RunCommand = runner(SLOW_TIMEOUT_MS);

function runner(timeoutMs: number): RunCommand {
  return (file, args, input) =>
    new Promise((resolve, reject) => {
      const options = { timeout: timeoutMs, maxBuffer: 4 * MIB };
      const child = execFile(file, [...args], options, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${file} failed`, { cause: error }));
      });
      if (input !== undefined) child.stdin?.end(input);
    });
}
