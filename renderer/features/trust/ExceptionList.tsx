import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrustException } from '#contracts/trust.ts';
import { subjectOf } from '#core/trust/index.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/fields.tsx';
import { SecretField } from '#renderer/ui/SecretField.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** Exceptions that were asked for: by whom, why, and what became of them. */
export function ExceptionList({ exceptions }: { readonly exceptions: readonly TrustException[] }) {
  const { t } = useTranslation();
  const [approving, setApproving] = useState<TrustException | null>(null);
  if (exceptions.length === 0) return null;
  return (
    <Panel title={t('trust.exception.title')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.exception.about')}</th>
              <th>{t('trust.exception.reason')}</th>
              <th>{t('trust.exception.requestedBy')}</th>
              <th>{t('trust.exception.approvedBy')}</th>
              <th>{t('trust.exception.until')}</th>
              <th>{t('trust.exception.stateTitle')}</th>
            </tr>
          </thead>
          <tbody>
            {exceptions.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  {t(`trust.exception.kind.${one.kind}`)}
                  <div className="soft small">
                    <Subject exception={one} />
                  </div>
                </th>
                <td>{one.reason}</td>
                <td>
                  {one.requestedBy.name} · <Time at={one.requestedAt} />
                </td>
                <td>{one.approvedBy?.name ?? t('trust.exception.nobody')}</td>
                <td>
                  <Time at={one.validUntil} />
                </td>
                <td>
                  {one.state === 'requested' ? (
                    <Button onPress={() => setApproving(one)}>{t('trust.exception.approve')}</Button>
                  ) : (
                    t(`trust.exception.state.${one.state}`)
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {approving !== null && <ApproveDialog exception={approving} onClose={() => setApproving(null)} />}
    </Panel>
  );
}

/** Exactly what is asked for: both people decide on this. */
function Subject({ exception }: { readonly exception: TrustException }) {
  const { t } = useTranslation();
  switch (exception.kind) {
    case 'expired-timestamp':
      return <code className="breaks">{exception.timestampDigest}</code>;
    case 'downgrade': {
      const { model, channel, from, to } = exception;
      const facts = { model, channel: t(`bundles.channel.${channel}`), from: from.sequence, to: to.sequence };
      return (
        <>
          {t('trust.exception.subject.downgrade', facts)} · <code className="breaks">{to.digest}</code>
        </>
      );
    }
    case 'time-reset':
      return (
        <>
          {exception.from === null ? t('trust.exception.subject.timeNone') : <Time at={exception.from} />} →{' '}
          <Time at={exception.to} />
        </>
      );
  }
}

interface ApproveDialogProps {
  readonly exception: TrustException;
  readonly onClose: () => void;
}

/** The second person, at this screen, with name and passphrase: not the session of the first. */
function ApproveDialog({ exception, onClose }: ApproveDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const { id, requestedBy } = exception;
  const approve = useStationAction(
    (station, proof: { name: string; passphrase: string }) =>
      station.trust.approveException.mutate({ id, subject: subjectOf(exception), ...proof }),
    ['trust'],
  );
  return (
    <Dialog
      title={t('trust.exception.approve')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            busy={approve.isPending}
            blockedBy={name.trim() === '' || passphrase === '' ? t('trust.exception.proveFirst') : null}
            onPress={() => approve.mutate({ name: name.trim(), passphrase }, { onSuccess: onClose })}
          >
            {t('trust.exception.approve')}
          </Button>
        </>
      }
    >
      <p>{t('trust.exception.approveFacts', { name: requestedBy.name })}</p>
      <p className="strong">{t(`trust.exception.kind.${exception.kind}`)}</p>
      <p>
        <Subject exception={exception} />
      </p>
      <p className="strong">{exception.reason}</p>
      <TextField label={t('trust.exception.yourName')} value={name} onChange={setName} maxLength={128} required />
      <SecretField label={t('trust.exception.yourPassphrase')} value={passphrase} onChange={setPassphrase} />
      <ActionError error={approve.error} />
    </Dialog>
  );
}
