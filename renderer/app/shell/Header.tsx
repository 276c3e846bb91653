import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { useJobs } from '#renderer/query/use-jobs.ts';
import { usePerson } from '#renderer/query/use-person.ts';
import { Icon } from '#renderer/ui/Icon.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { useShell } from './shell-store.ts';
import { StationClock } from './StationClock.tsx';

/** Site, mode, clock, alarms, jobs, settings, person: what must be visible on every screen. */
export function Header() {
  const { t } = useTranslation();
  const overview = useStationQuery(['site', 'overview'], (station) => station.site.overview.query()).data;
  return (
    <header className="header" aria-label={t('shell.header')}>
      <span className="header__brand">{t('shell.product')}</span>
      <span className="header__site" title={t('shell.site')}>
        {overview?.site.name ?? ''}
      </span>
      <span className="chip chip--strong" title={t('shell.modeHint')}>
        <Icon name="offline" /> {t('shell.mode')}
      </span>
      <span className="grow" />
      <StationClock />
      <AlarmCount count={overview?.alarms.length ?? 0} />
      <HeaderActions />
      <PersonCard />
    </header>
  );
}

function AlarmCount({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  return (
    <Link href="/" className="header__alarms" data-open={count > 0}>
      <Icon name="alarm" size="24" />
      <span className="strong">{count}</span>
      <span className="visually-hidden">{count === 0 ? t('shell.noAlarms') : t('shell.alarms', { count })}</span>
    </Link>
  );
}

function HeaderActions() {
  const { t } = useTranslation();
  const { openPanel, toggleJobs, jobsOpen } = useShell();
  const running = useJobs().filter((job) => job.state === 'running' || job.state === 'queued').length;
  return (
    <span className="row row--small header__actions">
      <span className="header__jobs">
        <IconButton
          icon="jobs"
          label={running === 0 ? t('shell.jobs.open') : t('shell.jobs.openCount', { count: running })}
          expanded={jobsOpen}
          onPress={toggleJobs}
        />
        {running > 0 && (
          <span className="header__jobs-count" aria-hidden="true">
            {running}
          </span>
        )}
      </span>
      <IconButton icon="keyboard" label={t('shell.shortcuts.open')} onPress={() => openPanel('shortcuts')} />
      <IconButton icon="settings" label={t('shell.settings.open')} onPress={() => openPanel('settings')} />
    </span>
  );
}

function PersonCard() {
  const { t } = useTranslation();
  const person = usePerson().data;
  if (person === undefined) return null;
  return (
    <span className="header__person">
      <Icon name="user" size="24" />
      <span>
        <span className="strong">{person.name}</span>
        <span className="header__role">{t(`role.${person.role}`)}</span>
      </span>
    </span>
  );
}
