import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { DeviceView } from '#contracts/device.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { SelectField } from '#renderer/ui/fields.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { Matrix } from './Matrix.tsx';
import { RunDialog } from './RunDialog.tsx';
import './benchmarks.css';

/** Which runtime is best on which gateway, with numbers. */
export function BenchmarkScreen() {
  const { t } = useTranslation();
  const bundles = useStationQuery(['bundles', 'list'], (station) => station.bundles.list.query());
  const fleet = useStationQuery(['fleet', 'list'], (station) => station.fleet.list.query());
  return (
    <QueryView query={bundles}>
      {(allBundles) => (
        <QueryView query={fleet}>
          {(devices) =>
            allBundles.length === 0 ? (
              <Page title={t('benchmark.title')} lead={t('benchmark.lead')}>
                <EmptyState
                  icon="benchmark"
                  title={t('benchmark.noBundlesTitle')}
                  actions={
                    <LinkButton to="/import" main icon="import">
                      {t('benchmark.toImport')}
                    </LinkButton>
                  }
                >
                  {t('benchmark.noBundles')}
                </EmptyState>
              </Page>
            ) : devices.length === 0 ? (
              <Page title={t('benchmark.title')} lead={t('benchmark.lead')}>
                <EmptyState
                  icon="fleet"
                  title={t('benchmark.noDevicesTitle')}
                  actions={
                    <LinkButton to="/fleet" main icon="fleet">
                      {t('benchmark.toFleet')}
                    </LinkButton>
                  }
                >
                  {t('benchmark.noDevices')}
                </EmptyState>
              </Page>
            ) : (
              <Measured bundles={allBundles} devices={devices} />
            )
          }
        </QueryView>
      )}
    </QueryView>
  );
}

function Measured({
  bundles,
  devices,
}: {
  readonly bundles: readonly BundleSummary[];
  readonly devices: readonly DeviceView[];
}) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [isRunning, setRunning] = useState(false);
  const may = useMay('benchmark.run');
  const role = usePerson().data?.role;
  const newest = [...bundles].sort((a, b) => b.acceptedAt - a.acceptedAt);
  const bundle = newest.find((one) => one.digest === params.get('bundle')) ?? newest[0];
  if (bundle === undefined) return null;
  return (
    <Page
      title={t('benchmark.title')}
      lead={t('benchmark.lead')}
      actions={
        <Button
          look="main"
          icon="play"
          blockedBy={may || role === undefined ? null : t('common.notPermitted', { role: t(`role.${role}`) })}
          onPress={() => setRunning(true)}
        >
          {t('benchmark.run')}
        </Button>
      }
    >
      <div className="benchmark__bundle">
        <SelectField
          label={t('benchmark.bundle')}
          value={bundle.digest}
          options={newest.map((one) => ({ value: one.digest, label: `${one.version} · ${one.title} (${one.model})` }))}
          onChange={(digest) => setParams({ bundle: digest }, { replace: true })}
        />
      </div>
      <Matrix bundle={bundle} devices={devices} />
      {isRunning && <RunDialog bundle={bundle} devices={devices} onClose={() => setRunning(false)} />}
    </Page>
  );
}
