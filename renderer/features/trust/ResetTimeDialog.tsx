import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClockView } from '#contracts/trust.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { TextField } from '#renderer/ui/fields.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { parseTime } from './parse-time.ts';

interface ResetTimeDialogProps {
  readonly clock: ClockView;
  readonly onClose: () => void;
}

/** Asks to set the newest signed time back. A second administrator approves it among the exceptions; then it happens at once. */
export function ResetTimeDialog({ clock, onClose }: ResetTimeDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [text, setText] = useState('');
  const to = parseTime(text);
  const request = useStationAction(
    (station, input: { to: number; reason: string }) => station.trust.requestTimeReset.mutate(input),
    ['trust'],
  );
  return (
    <ConfirmScope
      title={t('trust.clock.reset')}
      scopeName={t('trust.clock.scope')}
      action={t('trust.exception.request')}
      reason="required"
      onConfirm={async (reason) => {
        await request.mutateAsync({ to: to ?? NaN, reason });
        show('good', t('trust.exception.asked'));
      }}
      onClose={onClose}
    >
      <p>{t('trust.clock.resetFacts')}</p>
      <Definition
        rows={[
          {
            term: t('trust.clock.floor'),
            value: clock.floor === null ? t('trust.clock.none') : <Time at={clock.floor.at} />,
          },
          { term: t('trust.clock.now'), value: <Time at={clock.clock} /> },
          { term: t('trust.clock.resetTo'), value: to === null ? t('trust.clock.noTime') : <Time at={to} /> },
        ]}
      />
      <TextField
        label={t('trust.clock.newTime')}
        help={t('trust.clock.newTimeHelp')}
        value={text}
        onChange={setText}
        maxLength={40}
        required
      />
    </ConfirmScope>
  );
}
