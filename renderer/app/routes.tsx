import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch, useLocation } from 'wouter';
import { SiteScreen } from '#renderer/features/site/SiteScreen.tsx';
import { EmptyState, Page } from '#renderer/ui/structure.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { ScreenErrorBoundary } from './ScreenErrorBoundary.tsx';

/** Loads a screen when it is first opened: grid, charts and labelling stay out of the first page. */
function screen<N extends string>(
  load: () => Promise<Record<N, ComponentType>>,
  name: N,
): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: (await load())[name] }));
}

const FleetScreen = screen(() => import('#renderer/features/fleet/FleetScreen.tsx'), 'FleetScreen');
const DeviceScreen = screen(() => import('#renderer/features/device/DeviceScreen.tsx'), 'DeviceScreen');
const ImportScreen = screen(() => import('#renderer/features/imports/ImportScreen.tsx'), 'ImportScreen');
const ImportWizard = screen(() => import('#renderer/features/imports/ImportWizard.tsx'), 'ImportWizard');
const BundlesScreen = screen(() => import('#renderer/features/bundles/BundlesScreen.tsx'), 'BundlesScreen');
const BundleScreen = screen(() => import('#renderer/features/bundles/BundleScreen.tsx'), 'BundleScreen');
const BenchmarkScreen = screen(() => import('#renderer/features/benchmarks/BenchmarkScreen.tsx'), 'BenchmarkScreen');
const RolloutsScreen = screen(() => import('#renderer/features/rollouts/RolloutsScreen.tsx'), 'RolloutsScreen');
const RolloutPlanScreen = screen(
  () => import('#renderer/features/rollouts/RolloutPlanScreen.tsx'),
  'RolloutPlanScreen',
);
const RolloutBoard = screen(() => import('#renderer/features/rollouts/RolloutBoard.tsx'), 'RolloutBoard');
const ReviewScreen = screen(() => import('#renderer/features/review/ReviewScreen.tsx'), 'ReviewScreen');
const TelemetryScreen = screen(() => import('#renderer/features/telemetry/TelemetryScreen.tsx'), 'TelemetryScreen');
const AuditScreen = screen(() => import('#renderer/features/audit/AuditScreen.tsx'), 'AuditScreen');
const TrustScreen = screen(() => import('#renderer/features/trust/TrustScreen.tsx'), 'TrustScreen');
const KeysScreen = screen(() => import('#renderer/features/keys/KeysScreen.tsx'), 'KeysScreen');
const HelpScreen = screen(() => import('#renderer/features/help/HelpScreen.tsx'), 'HelpScreen');

/** Every address of the application. */
export function Routes() {
  const [path] = useLocation();
  return (
    <ScreenErrorBoundary resetKey={path}>
      <Switch>
        <Route path="/" component={SiteScreen} />
        <Route path="/fleet" component={FleetScreen} />
        <Route path="/fleet/:deviceId" component={DeviceScreen} />
        <Route path="/import" component={ImportScreen} />
        <Route path="/import/:importId" component={ImportWizard} />
        <Route path="/bundles" component={BundlesScreen} />
        <Route path="/bundles/:digest" component={BundleScreen} />
        <Route path="/benchmark" component={BenchmarkScreen} />
        <Route path="/rollout" component={RolloutsScreen} />
        <Route path="/rollout/new" component={RolloutPlanScreen} />
        <Route path="/rollout/:rolloutId" component={RolloutBoard} />
        <Route path="/review" component={ReviewScreen} />
        <Route path="/telemetry" component={TelemetryScreen} />
        <Route path="/audit" component={AuditScreen} />
        <Route path="/trust" component={TrustScreen} />
        <Route path="/keys" component={KeysScreen} />
        <Route path="/help" component={HelpScreen} />
        <Route path="/help/:page" component={HelpScreen} />
        <Route component={NoSuchScreen} />
      </Switch>
    </ScreenErrorBoundary>
  );
}

function NoSuchScreen() {
  const { t } = useTranslation();
  return (
    <Page title={t('error.notFound')}>
      <EmptyState
        icon="question"
        title={t('error.notFound')}
        actions={<LinkButton to="/">{t('error.toSite')}</LinkButton>}
      >
        {t('error.notFoundLead')}
      </EmptyState>
    </Page>
  );
}
