import type { Progress } from '#contracts/jobs.ts';
import type { Clock, IdSource } from '#core/base/index.ts';

/** What a command prints with and asks the machine for; replaced whole in tests. */
export interface CliIo {
  /** A line for people, to stdout. */
  out(text: string): void;
  /** A line for people, to stderr. */
  err(text: string): void;
  /** The one JSON document of `--json`, to stdout. */
  json(value: unknown): void;
  /** How far long work is, to stderr; throttled. */
  progress(progress: Progress): void;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly env: Readonly<Record<string, string | undefined>>;
}
