import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import type { RolloutRequest } from '#contracts/rollout.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { PlanFields } from './PlanFields.tsx';
import { PlanPreview } from './PlanPreview.tsx';
import { requestOf, type PlanForm } from './rollout-actions.ts';
import './rollouts.css';

/** Form, plan, start: nothing happens to a gateway before the last of the three. */
export function RolloutPlanScreen() {
  const { t } = useTranslation();
  const bundles = useStationQuery(['bundles', 'list'], (station) => station.bundles.list.query());
  const fleet = useStationQuery(['fleet', 'list'], (station) => station.fleet.list.query());
  return (
    <Page
      title={t('rollout.plan.title')}
      lead={t('rollout.plan.lead')}
      actions={
        <LinkButton to="/rollout" icon="rollout">
          {t('rollout.back')}
        </LinkButton>
      }
    >
      <QueryView query={bundles}>
        {(allBundles) => (
          <QueryView query={fleet}>
            {(devices) =>
              allBundles.length === 0 ? (
                <EmptyState
                  icon="bundle"
                  title={t('rollout.plan.noBundleTitle')}
                  actions={
                    <LinkButton to="/import" main icon="import">
                      {t('benchmark.toImport')}
                    </LinkButton>
                  }
                >
                  {t('rollout.plan.noBundle')}
                </EmptyState>
              ) : devices.length === 0 ? (
                <EmptyState
                  icon="fleet"
                  title={t('rollout.plan.noDevicesTitle')}
                  actions={
                    <LinkButton to="/fleet" main icon="fleet">
                      {t('benchmark.toFleet')}
                    </LinkButton>
                  }
                >
                  {t('rollout.plan.noDevices')}
                </EmptyState>
              ) : (
                <Planner bundles={allBundles} devices={devices} />
              )
            }
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}

function firstForm(bundle: BundleSummary): PlanForm {
  return {
    bundleDigest: bundle.digest,
    lines: [],
    ticket: '',
    canaryCount: 1,
    earlyPercent: 30,
    maxP99Ms: 120,
    maxErrorPercent: 1,
    maxDoubtfulPercent: 20,
    minRequests: 100,
    soakSeconds: 600,
  };
}

function Planner({
  bundles,
  devices,
}: {
  readonly bundles: readonly BundleSummary[];
  readonly devices: readonly DeviceView[];
}) {
  const [params] = useSearchParams();
  const newest = [...bundles].sort((a, b) => b.acceptedAt - a.acceptedAt);
  const wanted = newest.find((bundle) => bundle.digest === params.get('bundle')) ?? newest[0];
  const [form, setForm] = useState<PlanForm | null>(wanted === undefined ? null : firstForm(wanted));
  const [planned, setPlanned] = useState<RolloutRequest | null>(null);
  if (form === null) return null;
  const request = requestOf(form);
  return (
    <>
      <PlanFields
        form={form}
        bundles={newest}
        lines={[...new Set(devices.map((device) => device.line))].sort()}
        onChange={setForm}
        onPlan={() => setPlanned(request)}
      />
      {planned !== null && (
        <PlanPreview
          request={planned}
          isStale={JSON.stringify(planned) !== JSON.stringify(request)}
          devices={devices}
        />
      )}
    </>
  );
}
