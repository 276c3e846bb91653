import { randomIds, systemClock } from '#native/clock/index.ts';
import type { CliIo } from './io.ts';
import { progressWriter, type ProgressStyle } from './progress-writer.ts';

/** The real streams, clock and environment of this process. */
export function processIo(style: ProgressStyle): CliIo {
  return {
    out: (text) => {
      process.stdout.write(`${text}\n`);
    },
    err: (text) => {
      process.stderr.write(`${text}\n`);
    },
    json: (value) => {
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    progress: progressWriter(style, (text) => process.stderr.write(text), systemClock),
    clock: systemClock,
    ids: randomIds(systemClock),
    env: process.env,
  };
}

/** `--progress=json|bar|none`; without it a bar on a terminal and nothing in a pipe. */
export function progressStyle(args: readonly string[], isTerminal: boolean): ProgressStyle {
  const wanted = args.find((arg) => arg.startsWith('--progress='))?.slice('--progress='.length);
  if (wanted === 'json' || wanted === 'bar' || wanted === 'none') return wanted;
  return isTerminal ? 'bar' : 'none';
}
