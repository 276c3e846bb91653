import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NamedRecipient } from '#contracts/keys.ts';
import { useCopy } from '#renderer/display/Digest.tsx';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { RecipientDialog } from './RecipientDialog.tsx';

interface RecipientsPanelProps {
  /** What others encrypt to for this site. */
  readonly own: string;
  readonly recipients: readonly NamedRecipient[];
  readonly mayChange: boolean;
}

/** Who can read what leaves; with nobody named it says plainly that everybody can. */
export function RecipientsPanel({ own, recipients, mayChange }: RecipientsPanelProps) {
  const { t } = useTranslation();
  const copy = useCopy();
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<NamedRecipient | null>(null);
  return (
    <Panel title={t('keys.recipients.title')}>
      <p className="field__label">{t('keys.recipients.own')}</p>
      <p>
        <code>{own}</code> <IconButton icon="copy" label={t('keys.recipients.own')} onPress={() => copy(own)} />
        <span className="soft small"> {t('keys.recipients.ownHelp')}</span>
      </p>
      {recipients.length === 0 ? (
        <Notice tone="warn">
          <p>{t('keys.recipients.none')}</p>
        </Notice>
      ) : (
        <>
          <p>{t('keys.recipients.some')}</p>
          <ul>
            {recipients.map((each) => (
              <li key={each.name}>
                <span className="strong">{each.name}</span> <code>{each.recipient}</code>
                {mayChange && (
                  <IconButton
                    icon="delete"
                    label={t('keys.recipients.remove', { name: each.name })}
                    onPress={() => setRemoving(each)}
                  />
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {mayChange && (
        <Button icon="plus" onPress={() => setAdding(true)}>
          {t('keys.recipients.add')}
        </Button>
      )}
      {isAdding && <RecipientDialog onClose={() => setAdding(false)} />}
      {removing !== null && (
        <RemoveRecipient name={removing.name} isLast={recipients.length === 1} onClose={() => setRemoving(null)} />
      )}
    </Panel>
  );
}

interface RemoveRecipientProps {
  readonly name: string;
  readonly isLast: boolean;
  readonly onClose: () => void;
}

function RemoveRecipient({ name, isLast, onClose }: RemoveRecipientProps) {
  const { t } = useTranslation();
  const remove = useStationAction(
    (station, wish: { name: string }) => station.keys.removeRecipient.mutate(wish),
    ['keys'],
  );
  return (
    <ConfirmScope
      title={t('keys.recipients.removeTitle')}
      scopeName={name}
      action={t('keys.recipients.removeDo')}
      onConfirm={() => remove.mutateAsync({ name })}
      onClose={onClose}
    >
      <p>{t('keys.recipients.removeFacts', { name })}</p>
      {isLast && <Notice tone="warn">{t('keys.recipients.removeLast')}</Notice>}
    </ConfirmScope>
  );
}
