import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Page } from '#renderer/ui/structure.tsx';
import { BackupDialog } from './BackupDialog.tsx';
import { BackupPanel } from './BackupPanel.tsx';
import { CeremonyDialog } from './CeremonyDialog.tsx';
import { CeremonyPanel } from './CeremonyPanel.tsx';
import { KeyTable } from './KeyTable.tsx';
import { RecipientsPanel } from './RecipientsPanel.tsx';
import { RotateDialog } from './RotateDialog.tsx';
import { RotationPanel } from './RotationPanel.tsx';

/** The keys of the site, and what people do with them: compare, back up, rotate, name readers. */
export function KeysScreen() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'backup' | 'ceremony' | 'rotate' | null>(null);
  const may = useMay('trust.change');
  const overview = useStationQuery(['keys', 'overview'], (station) => station.keys.overview.query());
  const close = (): void => setOpen(null);
  const actions = may && (
    <>
      <Button icon="check" onPress={() => setOpen('ceremony')}>
        {t('keys.ceremony.do')}
      </Button>
      <Button look="main" icon="export" onPress={() => setOpen('backup')}>
        {t('keys.backup.do')}
      </Button>
    </>
  );
  return (
    <Page title={t('keys.title')} lead={t('keys.lead')} actions={actions}>
      <QueryView query={overview}>
        {(data) => (
          <>
            <KeyTable keys={data.keys} />
            <BackupPanel lastBackup={data.lastBackup} />
            <RecipientsPanel own={data.recipient} recipients={data.recipients} mayChange={may} />
            <CeremonyPanel record={data.lastCeremony} />
            <RotationPanel keys={data.keys} onRotate={may ? () => setOpen('rotate') : undefined} />
            {open === 'ceremony' && <CeremonyDialog keys={data.keys} onClose={close} />}
            {open === 'backup' && <BackupDialog onClose={close} />}
            {open === 'rotate' && <RotateDialog onClose={close} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}
