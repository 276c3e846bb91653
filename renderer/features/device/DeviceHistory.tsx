import { useTranslation } from 'react-i18next';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

const SHOWN = 20;

/** The change records about this gateway. */
export function DeviceHistory({ deviceId }: { readonly deviceId: string }) {
  const { t } = useTranslation();
  const may = useMay('audit.read');
  const records = useStationQuery(
    ['audit', 'subject', deviceId],
    (station) => station.audit.list.query({ subject: deviceId, limit: SHOWN }),
    { enabled: may },
  );
  if (!may) return null;
  return (
    <Panel
      title={t('device.history')}
      side={<LinkButton to={`/audit?subject=${encodeURIComponent(deviceId)}`}>{t('device.historyAll')}</LinkButton>}
    >
      <QueryView query={records}>
        {(data) =>
          data.length === 0 ? (
            <p className="soft">{t('device.noHistory')}</p>
          ) : (
            <ol className="history">
              {data.map((record) => (
                <li key={record.seq} className="history__row">
                  <Time at={record.at} />
                  <span>
                    <code>{record.type}</code> <span className="soft">{record.actor.name}</span>{' '}
                    {record.ticket !== null && <span className="chip">{record.ticket}</span>}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </Panel>
  );
}
