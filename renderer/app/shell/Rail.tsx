import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import { SCREENS, screenOf, type ScreenId } from './screens.ts';

/** The rail of screens: real links, so that they can be opened, copied and read as what they are. */
export function Rail() {
  const { t } = useTranslation();
  const [path] = useLocation();
  const counts = useStationQuery(['site', 'overview'], (station) => station.site.overview.query()).data?.counts;
  const active = screenOf(path);
  const badges: Partial<Record<ScreenId, number>> = {
    import: counts?.openImports ?? 0,
    rollout: counts?.openRollouts ?? 0,
    review: counts?.waitingSamples ?? 0,
  };
  return (
    <nav className="rail" aria-label={t('shell.nav.label')}>
      <ul>
        {SCREENS.map((screen) => {
          const badge = badges[screen.id] ?? 0;
          return (
            <li key={screen.id}>
              <Link
                href={screen.path}
                className="rail__item"
                {...(screen.id === active ? { 'aria-current': 'page' as const } : {})}
              >
                <Icon name={screen.icon} size="24" />
                <span className="rail__text">{t(`shell.nav.${screen.id}`)}</span>
                {badge > 0 && <span className="rail__badge">{badge}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
