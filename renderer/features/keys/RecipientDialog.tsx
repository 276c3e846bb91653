import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AgeRecipient, type NamedRecipient } from '#contracts/keys.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextArea, TextField } from '#renderer/ui/fields.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

/** The station checks the checksum of what was pasted; here only its form is looked at. */
export function RecipientDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [name, setName] = useState('');
  const [recipient, setRecipient] = useState('');
  const add = useStationAction((station, wish: NamedRecipient) => station.keys.addRecipient.mutate(wish), ['keys']);
  const isComplete = name.trim() !== '' && AgeRecipient.safeParse(recipient.trim()).success;
  const submit = (): void =>
    add.mutate(
      { name: name.trim(), recipient: recipient.trim() },
      {
        onSuccess: () => {
          show('good', t('keys.recipients.added', { name: name.trim() }));
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={t('keys.recipients.dialog')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="plus"
            busy={add.isPending}
            blockedBy={isComplete ? null : t('keys.recipients.incomplete')}
            onPress={submit}
          >
            {t('keys.recipients.add')}
          </Button>
        </>
      }
    >
      <p>{t('keys.recipients.facts')}</p>
      <TextField
        label={t('keys.recipients.name')}
        placeholder={t('keys.recipients.nameHelp')}
        value={name}
        onChange={setName}
        maxLength={64}
        required
      />
      <TextArea
        label={t('keys.recipients.recipient')}
        value={recipient}
        onChange={setRecipient}
        maxLength={128}
        required
      />
      <ActionError error={add.error} />
    </Dialog>
  );
}
