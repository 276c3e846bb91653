import { CommanderError } from 'commander';
import { errorEntry } from '#contracts/errors/index.ts';
import { toAppError } from '#core/base/index.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
import type { CliIo } from './io.ts';

/** A failure in a protocol that fixes the exit code: told like any other, but ended with 1. */
export class ProtocolFailure extends Error {
  constructor(cause: unknown) {
    super('the protocol of the command failed', { cause });
  }
}

/** Says what happened, what is unchanged and what to do next, and decides how the process ends. The only place that does. */
export function reportError(error: unknown, io: CliIo, asJson: boolean): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // Commander has written its sentence to stderr already.
    if (asJson)
      io.json({
        error: { code: 'USAGE_INVALID', message: error.message, details: {}, next: errorEntry('USAGE_INVALID').next },
      });
    return EXIT.usage;
  }
  if (error instanceof ProtocolFailure) {
    reportError(error.cause, io, asJson);
    return EXIT.failed;
  }
  const appError = toAppError(error);
  const { code, message, details } = appError;
  const { what, unchanged, next } = errorEntry(code);
  const correlationId = code === 'INTERNAL' ? io.ids.next() : undefined;
  if (asJson)
    io.json({ error: { code, message, details, next, ...(correlationId === undefined ? {} : { correlationId }) } });
  io.err(`${code}: ${what}`);
  io.err(`  ${message}`);
  io.err(`  ${unchanged}`);
  io.err(`  Next: ${next}`);
  // There is no log file outside a site: the stack goes to the person who can file it.
  if (correlationId !== undefined) io.err(`  Correlation id: ${correlationId}\n${stackOf(appError)}`);
  return exitCodeOf(code);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.stack ?? cause.message;
}
