import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import type { RolloutPlan, RolloutRequest } from '#contracts/rollout.ts';
import { isBlocking, type Digest as DigestText } from '#core/base/index.ts';
import { ContractDiff } from '#renderer/display/ContractDiff.tsx';
import { Digest } from '#renderer/display/Digest.tsx';
import { Findings } from '#renderer/display/Findings.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { StartDialog } from './StartDialog.tsx';
import { cohortName } from './cohort-name.ts';

interface PlanPreviewProps {
  readonly request: RolloutRequest;
  readonly isStale: boolean;
  readonly devices: readonly DeviceView[];
}

/** The plan as the station made it, and the way to start exactly this one. */
export function PlanPreview({ request, isStale, devices }: PlanPreviewProps) {
  const { t } = useTranslation();
  const plan = useStationQuery(['rollouts', 'plan', request], (station) => station.rollouts.plan.query(request));
  return (
    <Panel title={t('rollout.plan.preview')} side={<span className="soft small">{t('rollout.plan.previewLead')}</span>}>
      <QueryView query={plan}>
        {(data) => (
          <Plan plan={data.plan} planDigest={data.planDigest} request={request} isStale={isStale} devices={devices} />
        )}
      </QueryView>
    </Panel>
  );
}

interface PlanProps extends PlanPreviewProps {
  readonly plan: RolloutPlan;
  readonly planDigest: DigestText;
}

function Plan({ plan, planDigest, request, isStale, devices }: PlanProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [isStarting, setStarting] = useState(false);
  const may = useMay('rollout.run');
  const role = usePerson().data?.role;
  const start = useStationAction(
    (station, wanted: RolloutRequest) => station.rollouts.start.mutate(wanted),
    ['rollouts', 'fleet'],
  );
  const total = plan.cohorts.reduce((sum, cohort) => sum + cohort.devices.length, 0);
  const blockedBy =
    !may && role !== undefined
      ? t('common.notPermitted', { role: t(`role.${role}`) })
      : isStale
        ? t('rollout.plan.stale')
        : isBlocking(plan.findings)
          ? t('rollout.plan.blocked')
          : total === 0
            ? t('rollout.plan.empty')
            : null;
  return (
    <>
      <div className="row">
        <span className="soft">{t('rollout.plan.digest')}</span>
        <Digest value={planDigest} />
      </div>
      {plan.findings.length > 0 && <Findings findings={plan.findings} />}
      {plan.findings.some(({ code }) => code === 'CONTRACT_MISMATCH') && <LineDiff digest={plan.bundleDigest} />}
      <PlanCohorts plan={plan} devices={devices} />
      <Excluded plan={plan} devices={devices} />
      {isStale && <Notice tone="warn">{t('rollout.plan.stale')}</Notice>}
      <div>
        <Button look="main" icon="rollout" blockedBy={blockedBy} onPress={() => setStarting(true)}>
          {t('rollout.plan.start')}
        </Button>
      </div>
      {isStarting && (
        <StartDialog
          plan={plan}
          lines={request.lines}
          devices={devices}
          onClose={() => setStarting(false)}
          onStart={async () => {
            const rollout = await start.mutateAsync({ ...request, planDigest });
            navigate(`/rollout/${rollout.id}`);
          }}
        />
      )}
    </>
  );
}

/** The comparison that refuses the plan: a model that does not fit the line goes to no gateway. */
function LineDiff({ digest }: { readonly digest: DigestText }) {
  const bundle = useStationQuery(['bundles', 'one', digest], (station) => station.bundles.get.query({ digest }));
  return (
    <QueryView query={bundle}>
      {({ standing }) => (standing.contract === null ? null : <ContractDiff rows={standing.contract} />)}
    </QueryView>
  );
}

function PlanCohorts({ plan, devices }: { readonly plan: RolloutPlan; readonly devices: readonly DeviceView[] }) {
  const { t } = useTranslation();
  const nameOf = (id: string): string => devices.find((device) => device.id === id)?.name ?? id;
  return (
    <div className="cohorts">
      {plan.cohorts.map((cohort) => (
        <section className="cohort" key={cohort.name}>
          <h3>{t('rollout.plan.cohort', { name: cohortName(cohort.name, t), count: cohort.devices.length })}</h3>
          <ul>
            {cohort.devices.map((device) => (
              <li key={device.device} className="row row--spread">
                <Link href={`/fleet/${device.device}`}>{nameOf(device.device)}</Link>
                <span className="soft small">
                  {device.from === null
                    ? t('rollout.plan.first')
                    : t('rollout.plan.from', { version: device.from.version })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Excluded({ plan, devices }: { readonly plan: RolloutPlan; readonly devices: readonly DeviceView[] }) {
  const { t } = useTranslation();
  if (plan.excluded.length === 0) return <p className="soft">{t('rollout.plan.noneExcluded')}</p>;
  const nameOf = (id: string): string => devices.find((device) => device.id === id)?.name ?? id;
  return (
    <section className="stack stack--small">
      <h3>{t('rollout.plan.excluded', { count: plan.excluded.length })}</h3>
      <Findings findings={plan.excluded.map(({ device, finding }) => ({ ...finding, at: nameOf(device) }))} />
    </section>
  );
}
