import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Status } from '#renderer/display/Status.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { sortAlarms, type Alarm } from './alarm-order.ts';

const TONES = { high: 'f', middle: 's', low: 'm' } as const;
/** Where an alarm leads. */
const PLACES = { device: '/fleet', rollout: '/rollout', import: '/import' } as const;
const FIRST_LINES = 3;

/** Trust is one screen; the others have a page for each subject. */
function placeOf({ about, subject }: Alarm): string {
  return about === 'trust' ? '/trust' : `${PLACES[about]}/${encodeURIComponent(subject)}`;
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
          <li key={`${alarm.subject}-${alarm.at}-${alarm.text}`} className="alarms__row">
            <Status
              tone={TONES[alarm.priority]}
              icon={`prio-${alarm.priority}`}
              text={t(`status.priority.${alarm.priority}`)}
            />
            <Link className="alarms__text" href={placeOf(alarm)}>
              {alarm.text}
            </Link>
            <Time at={alarm.at} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
