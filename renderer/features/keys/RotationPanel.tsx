import { useTranslation } from 'react-i18next';
import type { SiteKeyView } from '#contracts/keys.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

interface RotationPanelProps {
  readonly keys: readonly SiteKeyView[];
  /** Absent for a role that may not change keys. */
  readonly onRotate: (() => void) | undefined;
}

/** What replacing each key entails; only what is safe has a button. */
export function RotationPanel({ keys, onRotate }: RotationPanelProps) {
  const { t } = useTranslation();
  const isInToken = keys.some(({ name, place }) => name === 'audit' && place === 'pkcs11');
  return (
    <Panel title={t('keys.rotate.title')}>
      <p>{isInToken ? t('keys.rotate.auditToken') : t('keys.rotate.audit')}</p>
      {!isInToken && onRotate !== undefined && (
        <Button icon="refresh" onPress={onRotate}>
          {t('keys.rotate.do')}
        </Button>
      )}
      <p>{t('keys.rotate.site')}</p>
    </Panel>
  );
}
