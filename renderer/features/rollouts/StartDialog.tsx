import { useTranslation } from 'react-i18next';
import type { DeviceView } from '#contracts/device.ts';
import type { RolloutPlan } from '#contracts/rollout.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { formatCountdown } from '#renderer/format/time.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Definition } from '#renderer/ui/structure.tsx';
import { cohortName } from './cohort-name.ts';
import { countByLine, scopeName, shortestDurationMs } from './rollout-actions.ts';

interface StartDialogProps {
  readonly plan: RolloutPlan;
  readonly lines: readonly string[];
  readonly devices: readonly DeviceView[];
  readonly onStart: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Level 2: scope name typed, counts by line and shortest duration in sight (U7). */
export function StartDialog({ plan, lines, devices, onStart, onClose }: StartDialogProps) {
  const { t } = useTranslation();
  const siteName =
    useStationQuery(['site', 'overview'], (station) => station.site.overview.query()).data?.site.name ??
    t('rollout.scopeSite');
  const ids = plan.cohorts.flatMap((cohort) => cohort.devices.map((device) => device.device));
  const lineOf = (id: string): string => devices.find((device) => device.id === id)?.line ?? t('common.unknown');
  return (
    <ConfirmScope
      title={t('rollout.start.title', { model: plan.repository, version: plan.version })}
      scopeName={scopeName(lines, siteName)}
      action={t('rollout.start.action')}
      onConfirm={onStart}
      onClose={onClose}
    >
      <p>{t('rollout.start.facts')}</p>
      <Definition
        rows={[
          {
            term: t('rollout.start.scope'),
            value: <span className="strong">{t('rollout.plan.devices', { count: ids.length })}</span>,
          },
          {
            term: t('rollout.start.byLine'),
            value: countByLine(ids, lineOf).map(({ line, count }) => (
              <div key={line}>{`${line}: ${String(count)}`}</div>
            )),
          },
          {
            term: t('rollout.start.cohortCounts'),
            value: plan.cohorts
              .map((cohort) => `${cohortName(cohort.name, t)} ${String(cohort.devices.length)}`)
              .join(' · '),
          },
          {
            term: t('rollout.start.duration'),
            value: t('rollout.start.durationText', {
              time: formatCountdown(shortestDurationMs(plan.cohorts.length, plan.gate.soakSeconds)),
            }),
          },
          { term: t('rollout.start.ticket'), value: plan.ticket },
        ]}
      />
    </ConfirmScope>
  );
}
