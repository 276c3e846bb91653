import { useTranslation } from 'react-i18next';
import type { KeysOverview } from '#contracts/keys.ts';
import { Age, Time } from '#renderer/display/Time.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** How old the last backup is; without one, what that means. */
export function BackupPanel({ lastBackup }: Pick<KeysOverview, 'lastBackup'>) {
  const { t } = useTranslation();
  return (
    <Panel title={t('keys.backup.title')}>
      {lastBackup === null ? (
        <Notice tone="warn">
          <p>{t('keys.backup.none')}</p>
        </Notice>
      ) : (
        <p>
          {t('keys.backup.last')} <Age at={lastBackup.at} />{' '}
          <span className="soft">
            <Time at={lastBackup.at} /> {t('keys.backup.by', { name: lastBackup.by })}
          </span>
        </p>
      )}
    </Panel>
  );
}
