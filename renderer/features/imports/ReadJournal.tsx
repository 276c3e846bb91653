import { useTranslation } from 'react-i18next';
import type { ImportReads, ImportView } from '#contracts/media.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Panel } from '#renderer/ui/structure.tsx';

/** Which bytes came from which stick; for whoever has to answer that months later. */
export function ReadJournal({ view }: { readonly view: ImportView }) {
  const { t } = useTranslation();
  const reads = useStationQuery(['imports', 'reads', view.id, view.state], (station) =>
    station.imports.reads.query({ importId: view.id }),
  );
  return (
    <Panel title={t('imports.reads.title')}>
      <QueryView query={reads}>{(data) => <Reads reads={data} />}</QueryView>
    </Panel>
  );
}

function Reads({ reads }: { readonly reads: ImportReads }) {
  const { t, i18n } = useTranslation();
  const count = new Intl.NumberFormat(i18n.language);
  const size = (bytes: number): string => formatBytes(bytes, i18n.language);
  if (reads.sticks.length === 0) return <p className="soft">{t('imports.reads.none')}</p>;
  return (
    <>
      {reads.sticks.map((stick, index) => (
        <details key={index}>
          <summary>
            <span className="strong">{stick.label}</span>{' '}
            <span className="soft">
              {stick.serial ?? t('media.noSerial')} · {size(stick.bytes)}
            </span>
          </summary>
          <ul>
            {stick.parts.map((part) => (
              <li key={part.name} className="small">
                <span className="mono">{part.name}</span>{' '}
                {part.ranges
                  .map(({ start, end }) =>
                    t('imports.reads.range', { from: count.format(start), to: count.format(Math.max(start, end - 1)) }),
                  )
                  .join(', ')}
                {part.isCoarse && ` ${t('imports.reads.coarse')}`}
              </li>
            ))}
          </ul>
        </details>
      ))}
      {reads.unnotedBytes > 0 && (
        <p className="soft">{t('imports.reads.unnoted', { size: size(reads.unnotedBytes) })}</p>
      )}
    </>
  );
}
