import { isErrorCode } from '#contracts/errors/index.ts';
import type { JobView } from '#contracts/jobs.ts';
import { AppError } from '#core/base/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { CliIo } from './output/index.ts';

const POLL_MS = 50;

/** Waits for the end of a job and shows its progress. A job that waits for a medium ends the command: the same command goes on later. */
export async function waitForJob(jobs: Pick<JobRunner, 'get'>, jobId: string, io: CliIo): Promise<JobView> {
  for (;;) {
    const job = jobs.get(jobId);
    if (job === undefined) throw new AppError('NOT_FOUND', `no job ${jobId}`, { jobId });
    if (job.progress !== undefined) io.progress(job.progress);
    if (job.state === 'done') return job;
    if (job.state === 'failed' || job.state === 'cancelled') throw failureOf(job);
    if (job.state === 'blocked')
      throw new AppError('MEDIA_GONE', `the job waits: ${job.blockedOn ?? 'blocked'}`, { jobId });
    await io.clock.sleep(POLL_MS);
  }
}

function failureOf({ id, error }: JobView): AppError {
  if (error === undefined) return new AppError('CONFLICT', 'the job was cancelled', { jobId: id });
  return new AppError(isErrorCode(error.code) ? error.code : 'INTERNAL', error.message, { jobId: id });
}
