import { useTranslation } from 'react-i18next';
import type { SeriesQuery, SeriesResult } from '#contracts/telemetry.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { formatMs, formatNumber } from '#renderer/format/numbers.ts';
import { usePreferences } from '#renderer/preferences/preferences-store.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { SeriesChart } from '#renderer/ui/chart/SeriesChart.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

export type PanelId = 'p50' | 'p99' | 'requests' | 'errors' | 'doubtful';

const METRICS: Readonly<Record<PanelId, SeriesQuery['metric']>> = {
  p50: 'latency.p50',
  p99: 'latency.p99',
  requests: 'requests',
  errors: 'errors',
  doubtful: 'doubtful',
};

interface MetricPanelProps {
  readonly panel: PanelId;
  readonly view: { readonly from: number; readonly to: number; readonly stepMs: number };
}

/** One metric over time by model version, with its values as text for those who cannot see the line. */
export function MetricPanel({ panel, view }: MetricPanelProps) {
  const { t } = useTranslation();
  const zone = usePreferences((state) => state.timeZone);
  const query: SeriesQuery = { metric: METRICS[panel], ...view, groupBy: 'version' };
  const series = useStationQuery(['telemetry', 'series', query], (station) => station.telemetry.series.query(query), {
    keepPrevious: true,
  });
  const title = t(`telemetry.panel.${panel}`);
  const unit =
    panel === 'p50' || panel === 'p99'
      ? t('telemetry.unit.ms')
      : t('telemetry.unit.perStep', { step: stepText(view.stepMs) });
  return (
    <Panel title={title} side={<span className="soft small">{unit}</span>} className="metric">
      <QueryView query={series}>
        {(data) =>
          data.series.every((one) => one.values.every((value) => value === null)) ? (
            <p className="soft">{t('telemetry.noData')}</p>
          ) : (
            <>
              <SeriesChart
                label={t('telemetry.chart', { title })}
                from={view.from}
                to={view.to}
                at={data.at}
                series={data.series}
                markers={data.markers}
                zone={zone}
                syncKey="telemetry"
              />
              <Legend data={data} isLatency={panel === 'p50' || panel === 'p99'} />
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}

function stepText(stepMs: number): string {
  return stepMs < 60_000 ? `${String(stepMs / 1000)}\u202fs` : `${String(stepMs / 60_000)}\u202fmin`;
}

/** Name, last and highest value of every line, and the events: the same facts as the picture. */
function Legend({ data, isLatency }: { readonly data: SeriesResult; readonly isLatency: boolean }) {
  const { t, i18n } = useTranslation();
  const show = (value: number | null): string =>
    isLatency ? formatMs(value, i18n.language) : formatNumber(value, i18n.language);
  return (
    <div className="legend">
      {data.series.map((one, index) => {
        const known = one.values.filter((value) => value !== null);
        return (
          <span key={one.name} className="legend__item">
            <span className="legend__swatch" data-series={index % 6} aria-hidden="true" />
            <span className="strong">{one.name}</span>
            <span className="soft">
              {t('telemetry.last')} {show(known.at(-1) ?? null)} · {t('telemetry.max')}{' '}
              {show(known.length === 0 ? null : Math.max(...known))}
            </span>
          </span>
        );
      })}
      {data.markers.map((marker) => (
        <span key={`${marker.kind}-${String(marker.at)}`} className="legend__item soft">
          <span className="legend__marker" aria-hidden="true" /> <Time at={marker.at} detail="time" /> {marker.text}
        </span>
      ))}
    </div>
  );
}
