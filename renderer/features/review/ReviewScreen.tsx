import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { SampleState, SampleView } from '#contracts/review.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { VolumeExport } from '#renderer/display/VolumeExport.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { nextOpenIndex } from './label-edits.ts';
import { QueueStrip } from './QueueStrip.tsx';
import { SampleEditor } from './SampleEditor.tsx';
import './review.css';

/** More than a person labels in a shift; the station pages beyond. */
const QUEUE_LIMIT = 500;

/** Doubtful samples, one after the other, keyboard first. */
export function ReviewScreen() {
  const { t } = useTranslation();
  const queue = useStationQuery(['review', 'queue'], (station) => station.review.queue.query({ limit: QUEUE_LIMIT }));
  return (
    <QueryView query={queue}>
      {(data) =>
        data.samples.length === 0 ? (
          <Page title={t('review.title')} lead={t('review.lead')}>
            <EmptyState
              icon="review"
              title={t('review.emptyTitle')}
              actions={
                <>
                  <LinkButton to="/fleet" main icon="fleet">
                    {t('review.toFleet')}
                  </LinkButton>
                  <LinkButton to="/rollout/new" icon="rollout">
                    {t('review.toRollout')}
                  </LinkButton>
                </>
              }
            >
              {t('review.empty')}
            </EmptyState>
          </Page>
        ) : (
          <Queue samples={data.samples} counts={data.counts} />
        )
      }
    </QueryView>
  );
}

interface QueueProps {
  readonly samples: readonly SampleView[];
  readonly counts: Readonly<Record<SampleState, number>>;
}

function Queue({ samples, counts }: QueueProps) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [isExporting, setExporting] = useState(false);
  const mayExport = useMay('export.write');
  const states = samples.map((sample) => sample.state);
  const found = samples.findIndex((sample) => sample.id === params.get('sample'));
  const at = found === -1 ? nextOpenIndex(states, -1) : found;
  const current = samples[at];
  const open = (index: number): void => {
    const sample = samples[Math.min(Math.max(0, index), samples.length - 1)];
    if (sample !== undefined) setParams({ sample: sample.id }, { replace: true });
  };
  return (
    <Page
      title={t('review.title')}
      lead={t('review.counts', {
        waiting: counts.waiting,
        inWork: counts['in-work'],
        accepted: counts.accepted,
        rejected: counts.rejected,
      })}
      actions={
        mayExport && (
          <Button
            icon="export"
            blockedBy={counts.accepted === 0 ? t('review.exportNone') : null}
            onPress={() => setExporting(true)}
          >
            {t('review.export')}
          </Button>
        )
      }
    >
      {current !== undefined && (
        <SampleEditor
          key={current.id}
          first={current}
          onGo={(step) => open(at + step)}
          onDone={() => open(nextOpenIndex(states, at))}
          onOpen={(sampleId) => setParams({ sample: sampleId }, { replace: true })}
        />
      )}
      <QueueStrip samples={samples} current={current?.id ?? null} onOpen={open} />
      {isExporting && <ExportDialog count={counts.accepted} onClose={() => setExporting(false)} />}
    </Page>
  );
}

function ExportDialog({ count, onClose }: { readonly count: number; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const write = useStationAction(
    (station, volumeId: string) => station.review.export.mutate({ format: 'coco', volumeId }),
    ['jobs'],
  );
  return (
    <VolumeExport
      title={t('review.exportTitle')}
      action={t('review.exportDo')}
      onClose={onClose}
      onExport={async (volumeId) => {
        await write.mutateAsync(volumeId);
        show('info', t('export.started'));
      }}
    >
      <p>{t('review.exportText', { count })}</p>
    </VolumeExport>
  );
}
