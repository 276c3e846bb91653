import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { RolloutView } from '#contracts/rollout.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { ROLLOUT_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page, Panel } from '#renderer/ui/structure.tsx';
import { confirmedCount } from './rollout-actions.ts';

/** Every rollout, the open ones first. */
export function RolloutsScreen() {
  const { t } = useTranslation();
  const rollouts = useStationQuery(['rollouts', 'list'], (station) => station.rollouts.list.query());
  const plan = (
    <LinkButton to="/rollout/new" icon="plus" main>
      {t('rollout.new')}
    </LinkButton>
  );
  return (
    <Page title={t('rollout.title')} lead={t('rollout.lead')} actions={plan}>
      <QueryView query={rollouts}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState icon="rollout" title={t('rollout.emptyTitle')} actions={plan}>
              {t('rollout.empty')}
            </EmptyState>
          ) : (
            <RolloutTable rollouts={data} />
          )
        }
      </QueryView>
    </Page>
  );
}

function RolloutTable({ rollouts }: { readonly rollouts: readonly RolloutView[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('rollout.list')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('rollout.column.model')}</th>
              <th>{t('rollout.column.state')}</th>
              <th>{t('rollout.column.progress')}</th>
              <th>{t('rollout.column.ticket')}</th>
              <th>{t('rollout.column.by')}</th>
              <th>{t('rollout.column.updated')}</th>
            </tr>
          </thead>
          <tbody>
            {rollouts.map((rollout) => (
              <tr key={rollout.id}>
                <td>
                  <Link href={`/rollout/${rollout.id}`}>{`${rollout.repository} ${rollout.version}`}</Link>
                </td>
                <td>
                  <Status {...ROLLOUT_STATE_MARKS[rollout.state]} text={t(`status.rollout.${rollout.state}`)} />
                  {rollout.reason !== null && <div className="soft small">{rollout.reason}</div>}
                </td>
                <td>{t('rollout.confirmedOf', confirmedCount(rollout))}</td>
                <td>{rollout.ticket}</td>
                <td>{rollout.startedBy}</td>
                <td>
                  <Time at={rollout.updatedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
