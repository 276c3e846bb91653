import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { AuditRecord } from '#contracts/audit.ts';
import { isDigestText, shortId } from '#renderer/format/identifiers.ts';
import { formatInstant } from '#renderer/format/time.ts';
import { Panel } from '#renderer/ui/structure.tsx';

/** Newest first. The time is always UTC here: it is what the record says. */
export function AuditTable({ records }: { readonly records: readonly AuditRecord[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('audit.table')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th className="number">{t('audit.column.seq')}</th>
              <th>{t('audit.column.time')}</th>
              <th>{t('audit.column.who')}</th>
              <th>{t('audit.column.action')}</th>
              <th>{t('audit.column.object')}</th>
              <th>{t('audit.column.ticket')}</th>
              <th>{t('audit.column.link')}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <AuditRow key={record.seq} record={record} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function AuditRow({ record }: { readonly record: AuditRecord }) {
  const { t } = useTranslation();
  const hasContent = Object.keys(record.payload).length > 0;
  return (
    <tr>
      <td className="number mono">{record.seq}</td>
      <td>
        <time className="nowrap mono" dateTime={new Date(record.at).toISOString()}>
          {formatInstant(record.at, 'utc')}
        </time>
      </td>
      <td>
        {record.actor.name}
        <div className="soft small">{t(`audit.actorKind.${record.actor.kind}`)}</div>
      </td>
      <td>
        <code>{record.type}</code>
        {hasContent && (
          <details>
            <summary className="soft small">{t('audit.details', { seq: record.seq })}</summary>
            <pre>{JSON.stringify(record.payload, null, 2)}</pre>
          </details>
        )}
      </td>
      <td>
        <Link className="mono" href={`/audit?subject=${encodeURIComponent(record.subject)}`} title={record.subject}>
          {isDigestText(record.subject) || record.subject.length > 30
            ? `${shortId(record.subject).slice(0, 24)}…`
            : record.subject}
        </Link>
      </td>
      <td>{record.ticket ?? ''}</td>
      <td>
        <code title={record.hash}>{shortId(record.hash)}</code>
        <div className="soft small mono" title={record.previous}>
          {t('audit.linkOf', { previous: shortId(record.previous) })}
        </div>
      </td>
    </tr>
  );
}
