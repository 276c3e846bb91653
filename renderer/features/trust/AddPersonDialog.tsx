import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Role } from '#contracts/site.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { SelectField, TextField } from '#renderer/ui/fields.tsx';
import { SecretField } from '#renderer/ui/SecretField.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

const LEAST_PASSPHRASE = 10;

/** The new person types the passphrase, twice; nobody else shall know it. */
export function AddPersonDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role | ''>('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const add = useStationAction(
    (station, input: { name: string; role: Role; passphrase: string }) => station.people.add.mutate(input),
    ['trust'],
  );
  const problem =
    name.trim() === '' || role === ''
      ? t('trust.people.incomplete')
      : passphrase.length < LEAST_PASSPHRASE
        ? t('trust.people.short', { count: LEAST_PASSPHRASE })
        : passphrase === again
          ? null
          : t('trust.people.differs');
  const submit = (): void => {
    if (role === '') return;
    add.mutate(
      { name: name.trim(), role, passphrase },
      {
        onSuccess: () => {
          show('good', t('trust.people.added', { name: name.trim() }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      title={t('trust.people.add')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button look="main" busy={add.isPending} blockedBy={problem} onPress={submit}>
            {t('trust.people.addDo')}
          </Button>
        </>
      }
    >
      <p>{t('trust.people.addFacts')}</p>
      <TextField label={t('trust.column.name')} value={name} onChange={setName} maxLength={128} required />
      <SelectField
        label={t('trust.people.role')}
        value={role}
        prompt={t('trust.people.chooseRole')}
        options={Role.options.map((value) => ({ value, label: t(`role.${value}`) }))}
        onChange={setRole}
      />
      <SecretField label={t('trust.people.passphrase')} value={passphrase} onChange={setPassphrase} />
      <SecretField label={t('trust.people.again')} value={again} onChange={setAgain} />
      <ActionError error={add.error} />
    </Dialog>
  );
}
