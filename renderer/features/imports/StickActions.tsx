import { useTranslation } from 'react-i18next';
import type { VolumeView } from '#contracts/media.ts';
import { Findings } from '#renderer/display/Findings.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { formatBytes, shareOf } from '#renderer/format/numbers.ts';
import { useJobs } from '#renderer/query/use-jobs.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Progress } from '#renderer/ui/Progress.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

const CHECK_JOB = 'stick-check';

/** What a person does with a stick besides importing: check it whole, take it out safely. */
export function StickActions({ volume }: { readonly volume: VolumeView }) {
  const { t } = useTranslation();
  const tell = useToasts((state) => state.show);
  const check = useStationAction(
    (station, volumeId: string) => station.sticks.check.mutate({ volumeId }),
    ['media', 'jobs'],
  );
  const eject = useStationAction((station, volumeId: string) => station.sticks.eject.mutate({ volumeId }), ['media']);
  const job = useJobs().find((one) => one.kind === CHECK_JOB && one.subject === volume.id);
  const isChecking = job?.state === 'queued' || job?.state === 'running';
  return (
    <div className="stack stack--small volume__actions">
      <div className="row">
        {volume.set !== null && (
          <Button icon="search" busy={check.isPending || isChecking} onPress={() => check.mutate(volume.id)}>
            {t('imports.stick.check')}
          </Button>
        )}
        {volume.kind === 'removable' && (
          <Button
            look="quiet"
            icon="export"
            busy={eject.isPending}
            onPress={() =>
              eject.mutate(volume.id, {
                onSuccess: () => tell('good', t('imports.stick.ejected', { label: volume.label })),
              })
            }
          >
            {t('imports.stick.eject')}
          </Button>
        )}
      </div>
      {isChecking && (
        <Progress
          label={t('imports.stick.checking')}
          share={job.progress === undefined ? undefined : shareOf(job.progress.done, job.progress.total ?? 0)}
        />
      )}
      <CheckResult volume={volume} jobKey={`${job?.id ?? ''} ${job?.state ?? ''}`} />
      <ActionError error={check.error ?? eject.error} />
    </div>
  );
}

/** The last result; nothing was copied by it. */
function CheckResult({ volume, jobKey }: { readonly volume: VolumeView; readonly jobKey: string }) {
  const { t, i18n } = useTranslation();
  const checks = useStationQuery(['media', 'checks', jobKey], (station) => station.sticks.checks.query());
  const result = checks.data?.find((one) => one.volumeId === volume.id);
  if (result === undefined) return null;
  const bytes = formatBytes(result.checkedBytes, i18n.language);
  return (
    <>
      {result.isWhole ? (
        <Status tone="ok" icon="success" text={t('imports.stick.whole', { count: result.partsWhole, size: bytes })} />
      ) : (
        <Status tone="bad" icon="error" text={t('imports.stick.notWhole', { size: bytes })} />
      )}
      {result.findings.length > 0 && <Findings findings={result.findings} />}
    </>
  );
}
