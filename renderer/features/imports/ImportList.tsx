import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { IMPORT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Panel } from '#renderer/ui/structure.tsx';

/** Every import of this site with its outcome. */
export function ImportList() {
  const { t } = useTranslation();
  const imports = useStationQuery(['imports', 'list'], (station) => station.imports.list.query());
  return (
    <Panel title={t('imports.past')} flush>
      <QueryView query={imports}>
        {(data) =>
          data.length === 0 ? (
            <p className="soft panel__note">{t('imports.noPast')}</p>
          ) : (
            <div className="table-scroll">
              <table className="data-table">
                <thead>
                  <tr>
                    <th>{t('imports.column.bundle')}</th>
                    <th>{t('imports.column.state')}</th>
                    <th>{t('imports.column.medium')}</th>
                    <th>{t('imports.column.who')}</th>
                    <th>{t('imports.column.when')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((one) => (
                    <tr key={one.id}>
                      <td>
                        <Link href={`/import/${one.id}`}>{one.title}</Link>
                        <div className="soft small mono">
                          {one.model} {one.version}
                        </div>
                      </td>
                      <td>
                        <Status {...IMPORT_STATE_MARKS[one.state]} text={t(`status.import.${one.state}`)} />
                      </td>
                      <td>{one.volumeLabel}</td>
                      <td>{one.decidedBy ?? one.startedBy}</td>
                      <td>
                        <Time at={one.updatedAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </QueryView>
    </Panel>
  );
}
