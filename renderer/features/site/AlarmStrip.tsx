import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { SiteOverview } from '#contracts/site.ts';
import { Status } from '#renderer/display/Status.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

type Alarm = SiteOverview['alarms'][number];

const RANK = { high: 0, middle: 1, low: 2 } as const;
const TONES = { high: 'f', middle: 's', low: 'm' } as const;
const FIRST_LINES = 3;

/** Highest priority first, newest first within it. */
export function sortAlarms(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort((a, b) => RANK[a.priority] - RANK[b.priority] || b.at - a.at);
}

/** Open alarms as a few lines; the rest unfolds on demand. */
export function AlarmStrip({ alarms }: { readonly alarms: readonly Alarm[] }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  if (alarms.length === 0) return <p className="soft">{t('site.alarms.none')}</p>;
  const shown = isOpen ? sortAlarms(alarms) : sortAlarms(alarms).slice(0, FIRST_LINES);
  return (
    <Panel
      title={t('site.alarms.title', { count: alarms.length })}
      side={
        shown.length < alarms.length && (
          <Button look="quiet" onPress={() => setOpen(true)}>
            {t('site.alarms.more')}
          </Button>
        )
      }
    >
      <ul className="alarms">
        {shown.map((alarm) => (
          <li key={`${alarm.subject}-${alarm.at}`} className="alarms__row">
            <Status tone={TONES[alarm.priority]} icon={`prio-${alarm.priority}`} text={t(`status.priority.${alarm.priority}`)} />
            <Link className="alarms__text" href={`/fleet/${encodeURIComponent(alarm.subject)}`}>
              {alarm.text}
            </Link>
            <Time at={alarm.at} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
