import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutboxItem, OutboxKind } from '#contracts/outbox.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { JOB_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { VolumeExport } from '#renderer/display/VolumeExport.tsx';
import { formatBytes, UNKNOWN_VALUE } from '#renderer/format/numbers.ts';
import { useStation } from '#renderer/query/station-context.tsx';
import { useJobs } from '#renderer/query/use-jobs.ts';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CheckField } from '#renderer/ui/fields.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { StickOutboxes } from './StickOutboxes.tsx';

const REFRESH_MS = 5_000;

/** What the same stick can carry home: telemetry, labelled samples, the audit trail, and what this site holds. */
export function OutboxPanel() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [jobIds, setJobIds] = useState<readonly string[]>([]);
  const may = useMay('export.write');
  const items = useStationQuery(['media', 'outbox'], (station) => station.outbox.list.query(), {
    refetchIntervalMs: REFRESH_MS,
  });
  return (
    <Panel
      title={t('imports.outbox.title')}
      side={
        <Button icon="export" blockedBy={may ? null : t('imports.outbox.notPermitted')} onPress={() => setOpen(true)}>
          {t('imports.outbox.write')}
        </Button>
      }
    >
      <p className="soft">{t('imports.outbox.lead')}</p>
      <QueryView query={items}>{(data) => <OutboxTable items={data} />}</QueryView>
      <WriteJobs jobIds={jobIds} />
      <StickOutboxes />
      {isOpen && items.data !== undefined && (
        <WriteDialog items={items.data} onStarted={setJobIds} onClose={() => setOpen(false)} />
      )}
    </Panel>
  );
}

function OutboxTable({ items }: { readonly items: readonly OutboxItem[] }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('imports.outbox.what')}</th>
            <th className="number">{t('imports.outbox.count')}</th>
            <th className="number">{t('imports.outbox.size')}</th>
            <th>{t('imports.outbox.last')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.kind}>
              <td>{t(`imports.outbox.kind.${item.kind}`)}</td>
              <td className="number">{new Intl.NumberFormat(i18n.language).format(item.count)}</td>
              <td className="number">
                {item.sizeBytes === null ? UNKNOWN_VALUE : formatBytes(item.sizeBytes, i18n.language)}
              </td>
              <td>{item.lastWrittenAt === null ? t('imports.outbox.never') : <Time at={item.lastWrittenAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface WriteDialogProps {
  readonly items: readonly OutboxItem[];
  readonly onStarted: (jobIds: readonly string[]) => void;
  readonly onClose: () => void;
}

function WriteDialog({ items, onStarted, onClose }: WriteDialogProps) {
  const { t } = useTranslation();
  const station = useStation();
  const [left, setLeft] = useState<ReadonlySet<OutboxKind>>(new Set());
  const full = items.filter((item) => item.count > 0).map((item) => item.kind);
  const kinds = full.filter((kind) => !left.has(kind));
  const toggle = (kind: OutboxKind, isWanted: boolean): void => {
    const next = new Set(left);
    if (isWanted) next.delete(kind);
    else next.add(kind);
    setLeft(next);
  };
  return (
    <VolumeExport
      title={t('imports.outbox.write')}
      action={t('imports.outbox.writeNow')}
      onClose={onClose}
      onExport={async (volumeId) => {
        onStarted((await station.outbox.write.mutate({ volumeId, kinds })).jobIds);
      }}
    >
      <p>{t('imports.outbox.writeLead')}</p>
      <div>
        {full.map((kind) => (
          <CheckField
            key={kind}
            label={t(`imports.outbox.kind.${kind}`)}
            checked={!left.has(kind)}
            onChange={(isWanted) => toggle(kind, isWanted)}
          />
        ))}
      </div>
    </VolumeExport>
  );
}

/** How the last write goes: each kind is a job of its own. */
function WriteJobs({ jobIds }: { readonly jobIds: readonly string[] }) {
  const { t } = useTranslation();
  const jobs = useJobs().filter((job) => jobIds.includes(job.id));
  if (jobs.length === 0) return null;
  return (
    <ul className="plain stack stack--small">
      {jobs.map((job) => (
        <li key={job.id} className="row">
          <Status {...JOB_STATE_MARKS[job.state]} text={t(`status.job.${job.state}`)} />
          <span>{job.title}</span>
          {job.error !== undefined && <code>{job.error.code}</code>}
        </li>
      ))}
    </ul>
  );
}
