import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VolumeExport } from '#renderer/display/VolumeExport.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Notice } from '#renderer/ui/Notice.tsx';
import { SecretField } from '#renderer/ui/SecretField.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { passphraseProblem } from './passphrase-problem.ts';

type BackupRequest = Parameters<Station['keys']['backupToMedium']['mutate']>[0];

/** The passphrase is typed twice: a typing error would make a backup that nobody opens. */
export function BackupDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const backup = useStationAction(
    (station, request: BackupRequest) => station.keys.backupToMedium.mutate(request),
    ['keys', 'media'],
  );
  const problem = passphraseProblem(passphrase, repeated);
  return (
    <VolumeExport
      title={t('keys.backup.dialog')}
      action={t('keys.backup.write')}
      blockedBy={problem === null ? null : t(`keys.backup.${problem}`)}
      onClose={onClose}
      onExport={async (volumeId) => {
        const { path, files, devices } = await backup.mutateAsync({ volumeId, readers: { passphrase } });
        show('good', t('keys.backup.done', { path, files, devices }));
      }}
    >
      <p>{t('keys.backup.facts')}</p>
      <SecretField
        label={t('keys.backup.passphrase')}
        help={t('keys.backup.passphraseHelp')}
        value={passphrase}
        onChange={setPassphrase}
      />
      <SecretField label={t('keys.backup.repeat')} value={repeated} onChange={setRepeated} />
      {problem === 'differ' && repeated !== '' && <Notice tone="warn">{t('keys.backup.differ')}</Notice>}
    </VolumeExport>
  );
}
