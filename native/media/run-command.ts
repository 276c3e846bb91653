import { execFile } from 'node:child_process';
import { MIB } from '#core/base/index.ts';

/** Runs a system tool and gives back what it printed. */
export type RunCommand = (file: string, args: readonly string[], input?: string) => Promise<string>;

/** A tool that hangs on a dying stick must not stop the polling. */
const TIMEOUT_MS = 5_000;

export const runCommand: RunCommand = (file, args, input) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, [...args], { timeout: TIMEOUT_MS, maxBuffer: 4 * MIB }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} failed`, { cause: error }));
    });
    if (input !== undefined) child.stdin?.end(input);
  });
