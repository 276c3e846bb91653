import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextArea, TextField } from '#renderer/ui/fields.tsx';
import { ActionError } from './QueryView.tsx';

interface ConfirmScopeProps {
  readonly title: string;
  /** The facts: counts, durations, consequences. There is no "are you sure" without them. */
  readonly children: ReactNode;
  /** What must be typed, exactly. */
  readonly scopeName: string;
  /** The verb of the button names the effect. */
  readonly action: string;
  readonly reason?: 'required' | 'none';
  readonly danger?: boolean;
  readonly onConfirm: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/**
 * Level 2 of the danger ladder (ui.md 6.2): type the scope name and see counts and duration.
 * INVARIANTS: Enter never confirms; the focus starts on Cancel; a second press sends nothing, even before React has
 * drawn the first one.
 */
export function ConfirmScope({
  title,
  children,
  scopeName,
  action,
  reason: reasonRule = 'none',
  danger = true,
  onConfirm,
  onClose,
}: ConfirmScopeProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sent = useRef(false);
  const missing =
    typed.trim() !== scopeName
      ? t('confirm.typeFirst', { name: scopeName })
      : reasonRule === 'required' && reason.trim() === ''
        ? t('confirm.reasonFirst')
        : null;

  const confirm = (): void => {
    if (sent.current || missing !== null) return;
    sent.current = true;
    setBusy(true);
    void onConfirm(reason.trim()).then(onClose, (failure: unknown) => {
      // Nothing was done: the person may correct and try again.
      sent.current = false;
      setBusy(false);
      setError(failure);
    });
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      look={danger ? 'danger' : 'normal'}
      footer={
        <>
          <span data-initial-focus>
            <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          </span>
          <Button
            look={danger ? 'danger' : 'main'}
            busy={busy}
            blockedBy={missing === null ? null : ''}
            onPress={confirm}
            testId="confirm-scope"
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {reasonRule === 'required' && (
        <TextArea label={t('confirm.reason')} value={reason} onChange={setReason} required maxLength={2000} />
      )}
      <TextField label={t('confirm.typeName', { name: scopeName })} value={typed} onChange={setTyped} />
      <p className="soft small" role="status">
        {missing ?? t('confirm.ready')}
      </p>
      <ActionError error={error} />
    </Dialog>
  );
}
