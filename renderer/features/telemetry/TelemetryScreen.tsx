import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { TelemetryStatus } from '#contracts/telemetry.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { VolumeExport } from '#renderer/display/VolumeExport.tsx';
import { formatNumber } from '#renderer/format/numbers.ts';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationNow } from '#renderer/query/use-station-clock.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ChoiceField } from '#renderer/ui/fields.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { MetricPanel, type PanelId } from './MetricPanel.tsx';
import { RANGES, rangeOf, windowOf, type RangeId } from './time-range.ts';
import './telemetry.css';

const PANELS: readonly PanelId[] = ['p99', 'p50', 'requests', 'errors', 'doubtful'];
const RANGE_IDS = Object.keys(RANGES) as RangeId[];

/** Stacked panels over one time range, which lives in the address. */
export function TelemetryScreen() {
  const { t } = useTranslation();
  const [isExporting, setExporting] = useState(false);
  const mayExport = useMay('export.write');
  const status = useStationQuery(['telemetry', 'status'], (station) => station.telemetry.status.query(), {
    refetchIntervalMs: 15_000,
  });
  return (
    <Page
      title={t('telemetry.title')}
      lead={t('telemetry.lead')}
      actions={
        mayExport &&
        status.data !== undefined &&
        status.data.records > 0 && (
          <Button icon="export" onPress={() => setExporting(true)}>
            {t('telemetry.export')}
          </Button>
        )
      }
    >
      <QueryView query={status}>
        {(data) =>
          data.records === 0 ? (
            <EmptyState
              icon="telemetry"
              title={t('telemetry.emptyTitle')}
              actions={
                <LinkButton to="/fleet" main icon="fleet">
                  {t('telemetry.toFleet')}
                </LinkButton>
              }
            >
              {t('telemetry.empty')}
            </EmptyState>
          ) : (
            <Panels status={data} />
          )
        }
      </QueryView>
      {isExporting && <ExportDialog onClose={() => setExporting(false)} />}
    </Page>
  );
}

function Panels({ status }: { readonly status: TelemetryStatus }) {
  const { t, i18n } = useTranslation();
  const [params, setParams] = useSearchParams();
  const now = useStationNow();
  const range = rangeOf(params);
  const view = windowOf(range, now);
  return (
    <>
      <div className="row row--spread">
        <ChoiceField
          legend={t('telemetry.range')}
          name="range"
          value={range}
          options={RANGE_IDS.map((id) => ({ value: id, label: t(`telemetry.ranges.${id}`) }))}
          onChange={(id) => setParams({ range: id })}
        />
        <p className="soft">
          {t('telemetry.collectedUntil')} <Time at={status.newestAt} /> {t('telemetry.collectedFrom')}{' '}
          <Time at={status.oldestAt} /> ·{' '}
          {t('telemetry.points', {
            count: status.points,
            replace: { count: formatNumber(status.points, i18n.language) },
          })}{' '}
          · {t('telemetry.gaps', { count: status.gaps })}
        </p>
      </div>
      {PANELS.map((panel) => (
        <MetricPanel key={panel} panel={panel} view={view} />
      ))}
    </>
  );
}

function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const write = useStationAction(
    (station, volumeId: string) => station.telemetry.export.mutate({ volumeId }),
    ['jobs'],
  );
  return (
    <VolumeExport
      title={t('telemetry.exportTitle')}
      action={t('telemetry.exportDo')}
      onClose={onClose}
      onExport={async (volumeId) => {
        await write.mutateAsync(volumeId);
        show('info', t('export.started'));
      }}
    >
      <p>{t('telemetry.exportText')}</p>
    </VolumeExport>
  );
}
