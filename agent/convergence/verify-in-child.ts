import { AppError } from '#core/base/index.ts';
import { runLimitedChild } from '#native/machine/index.ts';
import type { VerifyJob } from '#agent/roles/verify.ts';
import type { VerifyBundle } from './ports.ts';

/** A bundle of tens of gigabytes on a slow disk. */
const TIME_LIMIT_MS = 30 * 60_000;

/** The device's own verification in a process of its own; a child that fails is a failed verification, never a passed one. */
export function verifyInChild({
  entryFile,
  storeDirectory,
}: {
  entryFile: string;
  storeDirectory: string;
}): VerifyBundle {
  return async (request) => {
    const job: VerifyJob = { ...request, storeDirectory };
    const outcome = await runLimitedChild({
      entryFile,
      role: 'verify',
      job,
      timeLimitMs: TIME_LIMIT_MS,
      memoryLimitBytes: null,
    });
    if (outcome.ended === 'answered') return outcome.answer as Awaited<ReturnType<VerifyBundle>>;
    throw new AppError(
      'SLOT_VERIFICATION_FAILED',
      `the verification ended: ${outcome.ended}, ${outcome.detail}: ${outcome.log.slice(0, 500)}`,
    );
  };
}
