import { useTranslation } from 'react-i18next';
import { ageParts, formatCountdown, formatInstant, type TimeDetail } from '#renderer/format/time.ts';
import { UNKNOWN_VALUE } from '#renderer/format/numbers.ts';
import { usePreferences } from '#renderer/preferences/preferences-store.ts';
import { useStationNow } from '#renderer/query/use-station-clock.ts';

/** A moment with its zone, in the zone that the one switch chose; its tooltip is always UTC. */
export function Time({ at, detail = 'date-time' }: { readonly at: number | null; readonly detail?: TimeDetail }) {
  const zone = usePreferences((state) => state.timeZone);
  if (at === null) return <span>{UNKNOWN_VALUE}</span>;
  return (
    <time className="nowrap" dateTime={new Date(at).toISOString()} title={new Date(at).toISOString()}>
      {formatInstant(at, zone, detail)}
    </time>
  );
}

/** How old something is, ageing in place by the station's clock. */
export function Age({ at }: { readonly at: number | null }) {
  const { t } = useTranslation();
  const now = useStationNow();
  if (at === null) return <span>{t('time.never')}</span>;
  const { unit, count } = ageParts(now - at);
  return (
    <time className="nowrap" dateTime={new Date(at).toISOString()} title={new Date(at).toISOString()}>
      {t(`time.age.${unit}`, { count })}
    </time>
  );
}

/** Time left until a moment; "any moment" once it passed. */
export function Countdown({ until }: { readonly until: number }) {
  const { t } = useTranslation();
  const left = until - useStationNow();
  return <span className="nowrap">{left <= 0 ? t('time.due') : formatCountdown(left)}</span>;
}
