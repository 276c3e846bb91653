import { useTranslation } from 'react-i18next';
import { Status } from '#renderer/display/Status.tsx';
import { formatNumber, UNKNOWN_VALUE } from '#renderer/format/numbers.ts';

/** Above this, the order of events may be misread (U14). */
const SKEW_LIMIT_MS = 5000;

/** How far a gateway's clock is from the station's; flagged when it matters. */
export function ClockOffset({ offsetMs }: { readonly offsetMs: number | null }) {
  const { t, i18n } = useTranslation();
  if (offsetMs === null) return <>{UNKNOWN_VALUE}</>;
  // Adding zero turns the -0 of a rounded small offset into 0.
  const seconds = Math.round(offsetMs / 100) / 10 + 0;
  const sign = seconds > 0 ? '+' : '';
  const text = `${sign}${formatNumber(seconds, i18n.language, 1)}\u202fs`;
  if (Math.abs(offsetMs) <= SKEW_LIMIT_MS) return <>{text}</>;
  return (
    <span className="stack stack--small">
      <Status tone="s" icon="ne107-s" text={text} />
      <span className="soft small">{t('device.clockSkew')}</span>
    </span>
  );
}
