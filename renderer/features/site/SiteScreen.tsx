import { useTranslation } from 'react-i18next';
import type { SiteOverview } from '#contracts/site.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { formatNumber } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Figure, Page, Panel } from '#renderer/ui/structure.tsx';
import { AlarmStrip } from './AlarmStrip.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { LineTiles } from './LineTiles.tsx';
import './site.css';

/** Level 1: the whole site at a glance, or what to do first on an empty one. */
export function SiteScreen() {
  const { t } = useTranslation();
  const overview = useStationQuery(['site', 'overview'], (station) => station.site.overview.query());
  return (
    <Page title={t('site.title')} lead={t('site.lead')}>
      <QueryView query={overview}>
        {(data) => (data.isEmpty ? <FirstSteps demo={data.demo} /> : <Overview data={data} />)}
      </QueryView>
    </Page>
  );
}

function Overview({ data }: { readonly data: SiteOverview }) {
  const { t, i18n } = useTranslation();
  const { counts } = data;
  const number = (value: number): string => formatNumber(value, i18n.language);
  return (
    <div className="stack">
      <AlarmStrip alarms={data.alarms} />
      <div className="panel">
        <div className="figures">
          <Figure
            label={t('site.counts.devices')}
            value={number(counts.devices)}
            note={t('site.counts.online', { online: number(counts.online), devices: number(counts.devices) })}
          />
          <Figure label={t('site.counts.bundles')} value={number(counts.bundles)} />
          <Figure label={t('site.counts.openImports')} value={number(counts.openImports)} />
          <Figure label={t('site.counts.openRollouts')} value={number(counts.openRollouts)} />
          <Figure label={t('site.counts.waitingSamples')} value={number(counts.waitingSamples)} />
        </div>
      </div>
      {data.lines.length === 0 ? (
        <Panel title={t('site.lines')}>
          <p className="soft">{t('site.noLines')}</p>
        </Panel>
      ) : (
        <LineTiles lines={data.lines} />
      )}
    </div>
  );
}
