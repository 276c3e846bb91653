import { useTranslation } from 'react-i18next';
import type { CeremonyRecord } from '#contracts/keys.ts';
import { useCopy } from '#renderer/display/Digest.tsx';
import { Age, Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** What people last did with the keys, and who saw it. */
export function CeremonyPanel({ record }: { readonly record: CeremonyRecord | null }) {
  const { t } = useTranslation();
  const copy = useCopy();
  return (
    <Panel title={t('keys.ceremony.title')}>
      {record === null ? (
        <p className="soft">{t('keys.ceremony.none')}</p>
      ) : (
        <>
          <p>
            {t('keys.ceremony.last')} <Age at={record.heldAt} />: {t(`keys.ceremony.purpose.${record.purpose}`)},{' '}
            {t('keys.ceremony.witnessed', { first: record.witnesses[0], second: record.witnesses[1] })}{' '}
            <span className="soft">
              <Time at={record.heldAt} />
            </span>
          </p>
          {record.note !== '' && <p className="soft">{record.note}</p>}
          <Button icon="copy" onPress={() => copy(JSON.stringify(record, null, 2))}>
            {t('keys.ceremony.copy')}
          </Button>
        </>
      )}
    </Panel>
  );
}
