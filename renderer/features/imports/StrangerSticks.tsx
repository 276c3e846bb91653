import { useTranslation } from 'react-i18next';
import { Findings } from '#renderer/display/Findings.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Notice } from '#renderer/ui/Notice.tsx';

const REFRESH_MS = 2_000;

/** Sticks that were plugged in while an import is open and only say that they are of its set: named, because nothing is read from them. */
export function StrangerSticks({ importId }: { readonly importId: string }) {
  const { t } = useTranslation();
  const strangers = useStationQuery(
    ['imports', 'strangers', importId],
    (station) => station.imports.strangers.query({ importId }),
    { refetchIntervalMs: REFRESH_MS },
  );
  if (strangers.data === undefined || strangers.data.length === 0) return null;
  return (
    <Notice tone="warn" title={t('imports.wizard.strangerTitle')}>
      <p>{t('imports.wizard.stranger')}</p>
      <Findings findings={strangers.data} />
    </Notice>
  );
}
