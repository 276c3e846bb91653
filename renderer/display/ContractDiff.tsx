import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContractRow } from '#contracts/verdict.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { Status } from './Status.tsx';
import { ASPECT_MARKS } from './status-marks.ts';

/** A model may have thousands of features; a page of this many rows stays quick. */
const MOST_ROWS = 500;

/** What the line gives beside what the bundle takes. Differences are shown at once, what fits on demand. */
export function ContractDiff({ rows }: { readonly rows: readonly ContractRow[] }) {
  const { t } = useTranslation();
  const differing = rows.filter((row) => !row.fits);
  const [isWhole, setWhole] = useState(false);
  const shown = (isWhole ? rows : differing).slice(0, MOST_ROWS);
  return (
    <Panel
      title={t('verdict.contract.title')}
      side={
        <Button onPress={() => setWhole(!isWhole)}>
          {t(isWhole ? 'verdict.contract.onlyDifferences' : 'verdict.contract.all')}
        </Button>
      }
      flush
    >
      <p className="panel__note">
        {differing.length === 0
          ? t('verdict.contract.fits', { count: rows.length })
          : t('verdict.contract.differs', { count: differing.length, all: rows.length })}
      </p>
      {shown.length > 0 && <Rows rows={shown} />}
    </Panel>
  );
}

function Rows({ rows }: { readonly rows: readonly ContractRow[] }) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('verdict.contract.field')}</th>
            <th>{t('verdict.contract.line')}</th>
            <th>{t('verdict.contract.bundle')}</th>
            <th>{t('verdict.contract.result')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={`${row.field} ${String(at)}`} data-fits={row.fits}>
              <th scope="row">{row.field}</th>
              <td className="mono">{row.line ?? t('common.none')}</td>
              <td className="mono">{row.bundle ?? t('common.none')}</td>
              <td>
                <Status
                  {...ASPECT_MARKS[row.fits ? 'established' : 'not-established']}
                  text={t(row.fits ? 'verdict.contract.same' : 'verdict.contract.other')}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
