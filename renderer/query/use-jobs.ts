import type { JobView } from '#contracts/jobs.ts';
import { useStationQuery } from './use-station-query.ts';

/** Jobs of the station, newest first; kept fresh by the job feed. */
export function useJobs(): readonly JobView[] {
  return useStationQuery(['jobs'], (station) => station.jobs.list.query()).data ?? [];
}

/** One job, while it is known. */
export function useJob(jobId: string | null): JobView | undefined {
  return useJobs().find((job) => job.id === jobId);
}
