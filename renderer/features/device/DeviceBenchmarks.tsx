import { useTranslation } from 'react-i18next';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { formatBytes, formatMs } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** What was measured on this gateway, newest first. */
export function DeviceBenchmarks({ deviceId }: { readonly deviceId: string }) {
  const { t, i18n } = useTranslation();
  const results = useStationQuery(['benchmarks', 'device', deviceId], (station) =>
    station.benchmarks.list.query({ deviceId }),
  );
  return (
    <Panel title={t('device.benchmarks')} side={<LinkButton to="/benchmark">{t('device.measure')}</LinkButton>}>
      <QueryView query={results}>
        {(data) =>
          data.length === 0 ? (
            <p className="soft">{t('device.noBenchmarks')}</p>
          ) : (
            <div className="table-scroll">
              <table className="data-table">
                <thead>
                  <tr>
                    <th>{t('benchmark.column.bundle')}</th>
                    <th>{t('benchmark.column.variant')}</th>
                    <th className="number">{t('benchmark.column.p99')}</th>
                    <th className="number">{t('benchmark.column.rss')}</th>
                    <th>{t('benchmark.column.when')}</th>
                  </tr>
                </thead>
                <tbody>
                  {[...data]
                    .sort((a, b) => b.endedAt - a.endedAt)
                    .flatMap((result) =>
                      result.variants.map((variant) => (
                        <tr key={`${result.id}-${variant.variantDigest}`}>
                          <td>{`${result.model} ${result.version}`}</td>
                          <td>{variant.variantId}</td>
                          <td className="number">
                            {variant.status === 'measured' || variant.status === 'unstable'
                              ? formatMs(variant.service.find((one) => one.p === 0.99)?.valueMs, i18n.language)
                              : t(`benchmark.status.${variant.status}`)}
                          </td>
                          <td className="number">{formatBytes(variant.peakRssBytes, i18n.language)}</td>
                          <td>
                            <Time at={result.endedAt} />
                          </td>
                        </tr>
                      )),
                    )}
                </tbody>
              </table>
            </div>
          )
        }
      </QueryView>
    </Panel>
  );
}
