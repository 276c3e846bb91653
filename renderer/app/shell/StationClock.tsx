import { useTranslation } from 'react-i18next';
import { minutesEastOf, wallTime } from '#renderer/format/time.ts';
import { useClockOffset, useStationNow } from '#renderer/query/use-station-clock.ts';
import { Icon } from '#renderer/ui/Icon.tsx';

/** Above this, order and trust could be misread (U14). */
const SKEW_LIMIT_MS = 5000;

/** The station's clock in UTC and local time; a tablet whose own clock is off is told so. */
export function StationClock() {
  const { t } = useTranslation();
  const now = useStationNow();
  const offset = useClockOffset();
  const utc = wallTime(now, 0);
  const local = wallTime(now, minutesEastOf(now, 'local'));
  const skewText = t('shell.clockSkew', { seconds: Math.round(Math.abs(offset) / 1000) });
  return (
    <span className="header__clock" aria-label={t('shell.clock')} role="group">
      <span className="nowrap">
        <span className="soft">{t('shell.utc')}</span> {utc.date} {utc.time}
      </span>
      <span className="nowrap">
        <span className="soft">{t('shell.local')}</span> {local.date} {local.time} {local.zone}
        {Math.abs(offset) > SKEW_LIMIT_MS && (
          <span title={skewText}>
            {' '}
            <Icon name="warning" label={skewText} />
          </span>
        )}
      </span>
    </span>
  );
}
