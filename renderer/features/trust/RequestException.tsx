import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { TextArea } from '#renderer/ui/fields.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';

interface RequestExceptionProps {
  readonly timestampDigest: string;
  readonly expiredAt: number;
  readonly onDone: () => void;
}

/** One person asks here; another one has to approve, with a passphrase of their own. */
export function RequestException({ timestampDigest, expiredAt, onDone }: RequestExceptionProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const request = useStationAction(
    (station, text: string) => station.trust.requestException.mutate({ timestampDigest, expiredAt, reason: text }),
    ['trust'],
  );
  return (
    <Notice
      tone="warn"
      title={t('trust.exception.offer')}
      actions={
        <Button
          busy={request.isPending}
          blockedBy={reason.trim() === '' ? t('confirm.reasonFirst') : null}
          onPress={() => request.mutate(reason.trim(), { onSuccess: onDone })}
        >
          {t('trust.exception.request')}
        </Button>
      }
    >
      <p>{t('trust.exception.facts')}</p>
      <TextArea label={t('trust.exception.reason')} value={reason} onChange={setReason} maxLength={500} required />
      <ActionError error={request.error} />
    </Notice>
  );
}
