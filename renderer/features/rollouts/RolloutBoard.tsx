import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import type { RolloutView } from '#contracts/rollout.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { Findings } from '#renderer/display/Findings.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { ROLLOUT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Countdown, Time } from '#renderer/display/Time.tsx';
import { formatMs, formatNumber, formatShare } from '#renderer/format/numbers.ts';
import { formatCountdown } from '#renderer/format/time.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition, Page, Panel } from '#renderer/ui/structure.tsx';
import { CohortCard } from './CohortCard.tsx';
import { RolloutActions } from './RolloutActions.tsx';
import './rollouts.css';

/** One rollout while it moves: cohorts, gates, what happens next, and how to stop it. */
export function RolloutBoard() {
  const { t } = useTranslation();
  const { rolloutId } = useParams<{ rolloutId: string }>();
  const rollout = useStationQuery(['rollouts', 'one', rolloutId], (station) =>
    station.rollouts.get.query({ rolloutId }),
  );
  const data = rollout.data;
  return (
    <Page
      title={data === undefined ? t('rollout.title') : `${data.repository} ${data.version}`}
      lead={
        data === undefined ? undefined : (
          <Status {...ROLLOUT_STATE_MARKS[data.state]} text={t(`status.rollout.${data.state}`)} />
        )
      }
      actions={
        <LinkButton to="/rollout" icon="rollout">
          {t('rollout.back')}
        </LinkButton>
      }
    >
      <QueryView query={rollout}>{(view) => <Board rollout={view} />}</QueryView>
    </Page>
  );
}

function Board({ rollout }: { readonly rollout: RolloutView }) {
  const { t } = useTranslation();
  return (
    <>
      {rollout.reason !== null && rollout.reason !== '' && (
        <Notice tone={rollout.state === 'held' ? 'bad' : 'warn'} title={t('rollout.board.reason')}>
          <p>{rollout.reason}</p>
        </Notice>
      )}
      <div className="panel rollout-bar">
        <NextAction rollout={rollout} />
        <RolloutActions rollout={rollout} />
      </div>
      <section aria-label={t('rollout.board.cohorts')} className="cohorts">
        {rollout.cohorts.map((cohort) => (
          <CohortCard key={cohort.name} cohort={cohort} />
        ))}
      </section>
      <div className="columns">
        <Facts rollout={rollout} />
        {rollout.excluded.length > 0 && (
          <Panel title={t('rollout.board.excluded')}>
            <Findings findings={rollout.excluded.map(({ device, finding }) => ({ ...finding, at: device }))} />
          </Panel>
        )}
      </div>
    </>
  );
}

const NEXT_KNOWN = ['gate', 'start-cohort', 'finish'] as const;
const CLOSED: readonly RolloutView['state'][] = ['finished', 'aborted', 'rolled-back'];

/** What the station does next by itself, and when: nobody has to guess whether it still moves. */
function NextAction({ rollout }: { readonly rollout: RolloutView }) {
  const { t } = useTranslation();
  const { next } = rollout;
  const known = NEXT_KNOWN.find((one) => one === next?.action);
  const text =
    next === null
      ? t(CLOSED.includes(rollout.state) ? 'rollout.board.nextDone' : 'rollout.board.nextNone')
      : known === undefined
        ? t('rollout.board.nextOther', { action: next.action })
        : t(`rollout.board.nextAction.${known}`);
  return (
    <div>
      <p className="soft small">{t('rollout.board.next')}</p>
      <p className="strong">
        {text}
        {next !== null && next.at !== null && (
          <>
            {' '}
            {t('rollout.board.nextIn')} <Countdown until={next.at} />
          </>
        )}
      </p>
    </div>
  );
}

function Facts({ rollout }: { readonly rollout: RolloutView }) {
  const { t, i18n } = useTranslation();
  const { gate } = rollout;
  const language = i18n.language;
  return (
    <Panel title={t('rollout.board.facts')}>
      <Definition
        rows={[
          { term: t('rollout.board.ticket'), value: rollout.ticket },
          { term: t('rollout.board.startedBy'), value: rollout.startedBy },
          { term: t('rollout.board.startedAt'), value: <Time at={rollout.createdAt} /> },
          { term: t('rollout.plan.bundle'), value: <Digest value={rollout.bundleDigest} /> },
          { term: t('rollout.board.plan'), value: <Digest value={rollout.planDigest} /> },
          {
            term: t('rollout.board.gate'),
            value: t('rollout.board.gateText', {
              p99: formatMs(gate.maxP99Ms, language),
              errors: formatShare(gate.maxErrorRate, language),
              doubtful: formatShare(gate.maxDoubtfulShare, language),
              requests: formatNumber(gate.minRequests, language),
              soak: formatCountdown(gate.soakSeconds * 1000),
            }),
          },
        ]}
      />
    </Panel>
  );
}
