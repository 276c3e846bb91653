import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import { isDigest, type Digest as DigestText } from '#core/base/index.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { VerdictPanel } from '#renderer/display/VerdictPanel.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { ErrorPanel } from '#renderer/display/ErrorPanel.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Page } from '#renderer/ui/structure.tsx';
import { ContractPanel } from './ContractPanel.tsx';
import { EvidencePanels, ModelCard, VariantsPanel } from './EvidencePanels.tsx';
import { StandingPanel } from './StandingPanel.tsx';
import { PinContract } from './PinContract.tsx';
import { TrustChain } from './TrustChain.tsx';
import './bundles.css';

/** One stored bundle: who stands behind it, what it contains, what was checked. */
export function BundleScreen() {
  const { t } = useTranslation();
  const { digest } = useParams<{ digest: string }>();
  const wanted = decodeURIComponent(digest);
  if (!isDigest(wanted)) {
    return (
      <Page title={t('bundles.title')}>
        <ErrorPanel error={{ code: 'NOT_FOUND', message: wanted, details: {} }} />
      </Page>
    );
  }
  return <BundleDetails digest={wanted} />;
}

function BundleDetails({ digest }: { readonly digest: DigestText }) {
  const { t } = useTranslation();
  const bundle = useStationQuery(['bundles', 'one', digest], (station) => station.bundles.get.query({ digest }));
  return (
    <Page
      title={bundle.data?.summary.title ?? t('bundles.title')}
      lead={bundle.data === undefined ? undefined : `${bundle.data.summary.model} ${bundle.data.summary.version}`}
      actions={
        <>
          <LinkButton to="/bundles" icon="bundle">
            {t('bundles.back')}
          </LinkButton>
          <LinkButton to={`/benchmark?bundle=${digest}`} icon="benchmark">
            {t('bundles.measure')}
          </LinkButton>
          <LinkButton to={`/rollout/new?bundle=${digest}`} icon="rollout" main>
            {t('bundles.rollout')}
          </LinkButton>
        </>
      }
    >
      <QueryView query={bundle}>
        {(data) => (
          <div className="columns columns--wide-left">
            <div className="stack">
              <StandingPanel bundle={data} />
              <ContractPanel contract={data.contract} />
              <PinContract model={data.summary.model} contract={data.contract} />
              <VariantsPanel variants={data.summary.variants} />
              <EvidencePanels bundle={data} />
              <ModelCard text={data.modelCard} />
              <h2>{t('bundles.verdict')}</h2>
              <VerdictPanel verdict={data.verdict} />
            </div>
            <TrustChain bundle={data} />
          </div>
        )}
      </QueryView>
    </Page>
  );
}
