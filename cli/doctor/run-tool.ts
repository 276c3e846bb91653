import { execFile } from 'node:child_process';

/** What a program of this machine said, or why there is nothing to read. */
export type ToolAnswer =
  { readonly ran: true; readonly output: string } | { readonly ran: false; readonly why: string };

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs a program without a shell and gives it little time: a doctor must not hang on what is ill. */
export function runTool(file: string, args: readonly string[], timeoutMs = 5_000): Promise<ToolAnswer> {
  return new Promise((resolve) => {
    execFile(file, [...args], { timeout: timeoutMs, maxBuffer: OUTPUT_LIMIT_BYTES }, (error, stdout, stderr) => {
      if (error === null) resolve({ ran: true, output: stdout });
      else if (error.killed === true) resolve({ ran: false, why: `no answer in ${String(timeoutMs / 1000)} s` });
      else if (error.code === 'ENOENT') resolve({ ran: false, why: 'not installed' });
      else resolve({ ran: false, why: sentenceOf(stderr) ?? error.message });
    });
  });
}

/** The sentence of the error, not the end of its stack. */
function sentenceOf(text: string): string | undefined {
  const lines = text.trim().split('\n');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? (lines.at(-1) || undefined);
}
