import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { CohortView, DeviceProgress } from '#contracts/rollout.ts';
import { Findings } from '#renderer/display/Findings.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { COHORT_STATE_MARKS, DEVICE_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Age, Countdown } from '#renderer/display/Time.tsx';
import { formatMs } from '#renderer/format/numbers.ts';
import { cohortName } from './cohort-name.ts';
import { countStates } from './rollout-actions.ts';

/** One cohort: its state, its gateways, its soak timer and what the gate found. */
export function CohortCard({ cohort }: { readonly cohort: CohortView }) {
  const { t } = useTranslation();
  const isSoaking = cohort.state === 'soaking' || cohort.state === 'running' || cohort.state === 'gate';
  return (
    <section className="cohort" data-state={cohort.state}>
      <div className="row row--spread">
        <h2>{cohortName(cohort.name, t)}</h2>
        <Status {...COHORT_STATE_MARKS[cohort.state]} text={t(`status.cohort.${cohort.state}`)} />
      </div>
      <p className="soft">
        {t('rollout.plan.devices', { count: cohort.devices.length })}
        {cohort.soakEndsAt !== null && isSoaking && (
          <>
            {' · '}
            {t('rollout.board.soakEnds')} <Countdown until={cohort.soakEndsAt} />
          </>
        )}
      </p>
      <ul className="row row--small">
        {countStates(cohort.devices).map(({ state, count }) => (
          <li key={state} className="chip">
            <Status {...DEVICE_STATE_MARKS[state]} text={`${t(`status.device.${state}`)} ${String(count)}`} />
          </li>
        ))}
      </ul>
      {cohort.gateFindings.length > 0 && (
        <div className="stack stack--small">
          <h3>{t('rollout.board.gateFindings')}</h3>
          <Findings findings={cohort.gateFindings} />
        </div>
      )}
      <DeviceTable devices={cohort.devices} />
    </section>
  );
}

function DeviceTable({ devices }: { readonly devices: readonly DeviceProgress[] }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="table-scroll cohort__devices">
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('rollout.board.device')}</th>
            <th>{t('rollout.board.state')}</th>
            <th className="number">{t('rollout.board.p99')}</th>
            <th>{t('rollout.board.since')}</th>
          </tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <tr key={device.device}>
              <td>
                <Link className="nowrap" href={`/fleet/${device.device}`}>
                  {device.device}
                </Link>
              </td>
              <td>
                <Status {...DEVICE_STATE_MARKS[device.state]} text={t(`status.device.${device.state}`)} />
                {device.detail !== '' && <div className="soft small">{device.detail}</div>}
              </td>
              <td className="number">{formatMs(device.figures?.p99Ms, i18n.language)}</td>
              <td>
                <Age at={device.since} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
