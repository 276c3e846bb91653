import { useTranslation } from 'react-i18next';
import type { JobView } from '#contracts/jobs.ts';
import { errorWords } from '#renderer/query/wire-error.ts';
import { Age } from '#renderer/display/Time.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { JOB_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { formatBytes, formatNumber, shareOf } from '#renderer/format/numbers.ts';
import { formatCountdown } from '#renderer/format/time.ts';
import { useJobs } from '#renderer/query/use-jobs.ts';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Progress } from '#renderer/ui/Progress.tsx';
import { useShell } from './shell-store.ts';

/** Jobs of the station, bottom right, across all screens. */
export function JobTray() {
  const { t } = useTranslation();
  const { toggleJobs } = useShell();
  const jobs = useJobs();
  return (
    <section className="job-tray" aria-label={t('shell.jobs.title')}>
      <div className="row row--spread job-tray__head">
        <h2>{t('shell.jobs.title')}</h2>
        <IconButton icon="close" label={t('common.close')} onPress={toggleJobs} />
      </div>
      {jobs.length === 0 && <p className="soft">{t('shell.jobs.empty')}</p>}
      <ul className="job-tray__list">
        {jobs.slice(0, 30).map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}

function JobRow({ job }: { readonly job: JobView }) {
  const { t } = useTranslation();
  const mayCancel = useMay('job.cancel');
  const cancel = useStationAction((station, jobId: string) => station.jobs.cancel.mutate({ jobId }), ['jobs']);
  const isOpen = job.state === 'running' || job.state === 'queued' || job.state === 'blocked';
  return (
    <li className="job" data-state={job.state}>
      <div className="row row--spread">
        <span className="strong grow">{job.title}</span>
        {isOpen && mayCancel && (
          <IconButton
            icon="close"
            label={t('shell.jobs.cancel', { title: job.title })}
            onPress={() => cancel.mutate(job.id)}
          />
        )}
      </div>
      <div className="row row--spread small">
        <Status {...JOB_STATE_MARKS[job.state]} text={t(`status.job.${job.state}`)} />
        <Age at={job.updatedAt} />
      </div>
      {isOpen && job.progress !== undefined && <JobProgress job={job} progress={job.progress} />}
      {job.blockedOn !== undefined && (
        <p className="soft small">{t('shell.jobs.waitingFor', { reason: job.blockedOn })}</p>
      )}
      {job.error !== undefined && (
        <p className="small">
          {errorWords(job.error.code).what} <code>{job.error.code}</code>
        </p>
      )}
    </li>
  );
}

function JobProgress({
  job,
  progress,
}: {
  readonly job: JobView;
  readonly progress: NonNullable<JobView['progress']>;
}) {
  const { t, i18n } = useTranslation();
  const amount = (value: number): string =>
    progress.unit === 'bytes' ? formatBytes(value, i18n.language) : formatNumber(value, i18n.language);
  return (
    <>
      <Progress label={t('shell.jobs.progress', { title: job.title })} share={shareOf(progress.done, progress.total)} />
      <p className="soft small">
        {progress.total === undefined
          ? amount(progress.done)
          : t('shell.jobs.steps', { done: amount(progress.done), total: amount(progress.total) })}
        {progress.etaSeconds !== undefined &&
          ` · ${t('shell.jobs.eta', { time: formatCountdown(progress.etaSeconds * 1000) })}`}
      </p>
    </>
  );
}
