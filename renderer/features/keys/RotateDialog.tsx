import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { areTwoPeople } from './two-people.ts';
import { WitnessFields, type Witnessed } from './WitnessFields.tsx';

/** A new audit key, seen by two people. */
export function RotateDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [seen, setSeen] = useState<Witnessed>({ witnesses: ['', ''], note: '' });
  const rotate = useStationAction((station, wish: Witnessed) => station.keys.rotateAuditKey.mutate(wish), ['keys']);
  const submit = (): void =>
    rotate.mutate(seen, {
      onSuccess: () => {
        show('good', t('keys.rotate.done'));
        onClose();
      },
    });
  return (
    <Dialog
      title={t('keys.rotate.dialog')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="refresh"
            busy={rotate.isPending}
            blockedBy={areTwoPeople(seen.witnesses) ? null : t('keys.rotate.incomplete')}
            onPress={submit}
          >
            {t('keys.rotate.confirm')}
          </Button>
        </>
      }
    >
      <p>{t('keys.rotate.facts')}</p>
      <WitnessFields value={seen} onChange={setSeen} />
      <ActionError error={rotate.error} />
    </Dialog>
  );
}
