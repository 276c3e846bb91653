import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Time } from '#renderer/display/Time.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

type Alarm = NonNullable<Awaited<ReturnType<Station['trust']['get']['query']>>['storesAlarm']>;

interface StoresNoticeProps {
  readonly alarm: Alarm;
  /** A role that may not change trust sees the alarm and no button. */
  readonly mayAcknowledge: boolean;
}

/** The records of what was accepted differed at a start: said until a person looked at it and said what they found. */
export function StoresNotice({ alarm, mayAcknowledge }: StoresNoticeProps) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const show = useToasts((state) => state.show);
  const acknowledge = useStationAction(
    (station, reason: string) => station.trust.acknowledgeStores.mutate({ reason }),
    ['trust', 'site'],
  );
  return (
    <Notice
      tone="bad"
      title={t('trust.stores.title')}
      actions={mayAcknowledge && <Button onPress={() => setAsking(true)}>{t('trust.stores.open')}</Button>}
    >
      <p>
        {alarm.state === 'agree' ? null : t(`trust.stores.state.${alarm.state}`)} <Time at={alarm.at} />
      </p>
      <p>{t('trust.stores.next')}</p>
      {isAsking && (
        <ConfirmScope
          title={t('trust.stores.confirm')}
          scopeName={t('trust.stores.scope')}
          action={t('trust.stores.do')}
          reason="required"
          danger={false}
          onConfirm={async (reason) => {
            await acknowledge.mutateAsync(reason);
            show('good', t('trust.stores.done'));
          }}
          onClose={() => setAsking(false)}
        >
          <ul>
            <li>{t('trust.stores.factFloors')}</li>
            <li>{t('trust.stores.factAgain')}</li>
            <li>{t('trust.stores.factRecord')}</li>
          </ul>
        </ConfirmScope>
      )}
    </Notice>
  );
}
