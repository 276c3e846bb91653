import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyName, SiteKeyView } from '#contracts/keys.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { CheckField } from '#renderer/ui/fields.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { areTwoPeople } from './two-people.ts';
import { WitnessFields, type Witnessed } from './WitnessFields.tsx';

type CeremonyRequest = Parameters<Station['keys']['recordCeremony']['mutate']>[0];

interface CeremonyDialogProps {
  readonly keys: readonly SiteKeyView[];
  readonly onClose: () => void;
}

/** Each fingerprint is ticked by itself; what was ticked is what the record holds. */
export function CeremonyDialog({ keys, onClose }: CeremonyDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [heard, setHeard] = useState<ReadonlyMap<KeyName, string>>(new Map());
  const [seen, setSeen] = useState<Witnessed>({ witnesses: ['', ''], note: '' });
  const record = useStationAction(
    (station, request: CeremonyRequest) => station.keys.recordCeremony.mutate(request),
    ['keys'],
  );
  const isComplete = keys.every((key) => heard.get(key.name) === key.keyId) && areTwoPeople(seen.witnesses);
  const tick = ({ name, keyId }: SiteKeyView, isHeard: boolean): void => {
    const next = new Map(heard);
    if (isHeard) next.set(name, keyId);
    else next.delete(name);
    setHeard(next);
  };
  const submit = (): void =>
    record.mutate(
      { ...seen, heard: [...heard].map(([name, keyId]) => ({ name, keyId })) },
      {
        onSuccess: () => {
          show('good', t('keys.ceremony.recorded'));
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={t('keys.ceremony.dialog')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="check"
            busy={record.isPending}
            blockedBy={isComplete ? null : t('keys.ceremony.incomplete')}
            onPress={submit}
          >
            {t('keys.ceremony.record')}
          </Button>
        </>
      }
    >
      <p>{t('keys.ceremony.facts')}</p>
      {keys.map((key) => (
        <div key={key.name}>
          <Fingerprint hex={key.keyId} />
          <CheckField
            label={t('keys.ceremony.heard', { name: t(`keys.name.${key.name}`) })}
            checked={heard.get(key.name) === key.keyId}
            onChange={(isHeard) => tick(key, isHeard)}
          />
        </div>
      ))}
      <WitnessFields value={seen} onChange={setSeen} />
      <ActionError error={record.error} />
    </Dialog>
  );
}
