import { useTranslation } from 'react-i18next';
import type { SiteOverview } from '#contracts/site.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Panel } from '#renderer/ui/structure.tsx';

/** The first day: one click to see everything, or three real steps. */
export function FirstSteps({ demo }: { readonly demo: SiteOverview['demo'] }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <Notice tone="info" title={t('site.first.title')}>
        <p>{t('site.first.lead')}</p>
      </Notice>
      <div className="columns">
        <Demonstration demo={demo} />
        <Panel title={t('site.first.realTitle')}>
          <ol className="first-steps">
            <Step number={1} title={t('site.first.step1')} text={t('site.first.step1Text')} to="/trust" />
            <Step number={2} title={t('site.first.step2')} text={t('site.first.step2Text')} to="/import" />
            <Step number={3} title={t('site.first.step3')} text={t('site.first.step3Text')} to="/fleet" />
          </ol>
        </Panel>
      </div>
    </div>
  );
}

function Demonstration({ demo }: { readonly demo: SiteOverview['demo'] }) {
  const { t } = useTranslation();
  const may = useMay('demo.run');
  const role = usePerson().data?.role;
  const start = useStationAction((station, _none: null) => station.site.startDemo.mutate(), ['jobs']);
  const blockedBy =
    !may && role !== undefined
      ? t('common.notPermitted', { role: t(`role.${role}`) })
      : demo === 'unavailable'
        ? t('site.first.demoUnavailable')
        : null;
  return (
    <Panel title={t('site.first.demoTitle')}>
      <p className="soft">{t('site.first.demoText')}</p>
      {demo === 'running' ? (
        <Notice tone="info">{t('site.first.demoRunning')}</Notice>
      ) : (
        <div>
          <Button
            look="main"
            icon="play"
            busy={start.isPending}
            blockedBy={blockedBy}
            onPress={() => start.mutate(null)}
          >
            {t('site.first.demoRun')}
          </Button>
        </div>
      )}
      <ActionError error={start.error} />
    </Panel>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly to: string;
}

function Step({ number, title, text, to }: StepProps) {
  return (
    <li className="first-steps__item">
      <span className="first-steps__number" aria-hidden="true">
        {number}
      </span>
      <div className="stack stack--small">
        <LinkButton to={to}>{title}</LinkButton>
        <span className="soft">{text}</span>
      </div>
    </li>
  );
}
