import type { JobView } from '#contracts/jobs.ts';

/** Puts a job into the list: newest first, each once. */
export function withJob(jobs: readonly JobView[], job: JobView): JobView[] {
  const rest = jobs.filter((one) => one.id !== job.id);
  return [job, ...rest].sort((a, b) => b.createdAt - a.createdAt);
}
