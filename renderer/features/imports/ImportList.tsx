import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { ImportView } from '#contracts/media.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { IMPORT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Panel } from '#renderer/ui/structure.tsx';
import { failureOf } from './import-failure.ts';
import { ImportFailure } from './ImportFailure.tsx';

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
                    <ImportRow key={one.id} view={one} />
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

function ImportRow({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const failure = failureOf(view);
  return (
    <>
      <tr>
        <td>
          <Link href={`/import/${view.id}`}>{view.title}</Link>
          <div className="soft small mono">
            {view.model} {view.version}
          </div>
        </td>
        <td>
          <Status {...IMPORT_STATE_MARKS[view.state]} text={t(`status.import.${view.state}`)} />
        </td>
        <td>{view.volumeLabel}</td>
        <td>{view.decidedBy ?? view.startedBy}</td>
        <td>
          <Time at={view.updatedAt} />
        </td>
      </tr>
      {failure !== null && (
        <tr>
          <td colSpan={5}>
            <details onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary>
                {t('imports.failure.why')} <code>{failure.code}</code>
              </summary>
              {isOpen && <ImportFailure view={view} />}
            </details>
          </td>
        </tr>
      )}
    </>
  );
}
