import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClockView } from '#contracts/trust.ts';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { ResetTimeDialog } from './ResetTimeDialog.tsx';

interface ClockPanelProps {
  readonly clock: ClockView;
  readonly mayReset: boolean;
}

/** The clock of the station beside the newest signed time. */
export function ClockPanel({ clock, mayReset }: ClockPanelProps) {
  const { t } = useTranslation();
  const [isResetting, setResetting] = useState(false);
  const { state, floor } = clock;
  return (
    <Panel
      title={t('trust.clock.title')}
      side={mayReset && <Button onPress={() => setResetting(true)}>{t('trust.clock.reset')}</Button>}
    >
      {(state === 'behind' || state === 'far-ahead') && (
        <Notice tone="bad" title={t(`trust.clock.state.${state}`)}>
          <p>{t('trust.clock.next')}</p>
        </Notice>
      )}
      <Definition
        rows={[
          { term: t('trust.clock.now'), value: <Time at={clock.clock} /> },
          {
            term: t('trust.clock.floor'),
            value:
              floor === null ? (
                t('trust.clock.none')
              ) : (
                <>
                  <Time at={floor.at} /> · {t(`trust.clock.kind.${floor.kind}`)}
                </>
              ),
          },
          { term: t('trust.clock.judged'), value: t(`trust.clock.state.${state}`) },
        ]}
      />
      {isResetting && <ResetTimeDialog clock={clock} onClose={() => setResetting(false)} />}
    </Panel>
  );
}
