import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { aspectResult, provenanceResult } from '#renderer/display/aspect-results.ts';
import { Digest, Fingerprint } from '#renderer/display/Digest.tsx';
import { Status } from '#renderer/display/Status.tsx';
import { ASPECT_MARKS, type AspectResult } from '#renderer/display/status-marks.ts';
import { Time } from '#renderer/display/Time.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { BundleDetail } from './bundle-detail.ts';

/** Policy, publisher, build, bundle, variants, acceptance: a vertical chain, each link with its own result. */
export function TrustChain({ bundle }: { readonly bundle: BundleDetail }) {
  const { t } = useTranslation();
  const { summary, verdict, provenance } = bundle;
  return (
    <Panel title={t('bundles.chain.title')}>
      <p className="soft small">{t('bundles.chain.lead')}</p>
      <ol className="chain">
        <ChainLink title={t('bundles.chain.policy')} result={aspectResult(verdict.facts, 'permission')}>
          <p>
            {t('bundles.chain.policyText', {
              version: verdict.policyVersion,
              channel: t(`bundles.channel.${summary.channel}`),
            })}
          </p>
          <Link href="/trust">{t('bundles.chain.policyLink')}</Link>
        </ChainLink>
        <ChainLink title={t('bundles.chain.signer')} result={aspectResult(verdict.facts, 'identity')}>
          {verdict.signer === null ? (
            <p>{t('bundles.chain.noSigner')}</p>
          ) : (
            <>
              <p className="strong">{verdict.signer.name}</p>
              {verdict.signer.kind === 'key' ? <Fingerprint hex={verdict.signer.id} /> : <p>{verdict.signer.id}</p>}
            </>
          )}
        </ChainLink>
        <ChainLink
          title={t('bundles.chain.provenance')}
          result={provenance === null ? 'unknown' : provenanceResult(verdict.facts)}
        >
          {provenance === null ? (
            <p>{t('bundles.chain.noProvenance')}</p>
          ) : (
            <>
              <p>{provenance.builder}</p>
              <p className="soft small">
                {t('bundles.chain.provenanceText', {
                  source: provenance.source,
                  revision: provenance.revision.slice(0, 12),
                })}
              </p>
            </>
          )}
        </ChainLink>
        <ChainLink title={t('bundles.chain.bundle')} result={aspectResult(verdict.facts, 'integrity')}>
          <p>
            {t('bundles.chain.bundleText', {
              model: summary.model,
              version: summary.version,
              sequence: summary.sequence,
            })}
          </p>
          <Digest value={summary.digest} />
        </ChainLink>
        {summary.variants.map((variant) => (
          <ChainLink
            key={variant.digest}
            title={t('bundles.chain.variant', { id: variant.id })}
            result={aspectResult(verdict.facts, 'integrity')}
          >
            <Digest value={variant.digest} />
          </ChainLink>
        ))}
        <ChainLink title={t('bundles.chain.accepted')} result="established">
          <p>{t('bundles.chain.acceptedText', { who: summary.acceptedBy })}</p>
          <Time at={summary.acceptedAt} />
        </ChainLink>
      </ol>
    </Panel>
  );
}

function ChainLink({
  title,
  result,
  children,
}: {
  readonly title: string;
  readonly result: AspectResult;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <li className="chain__link" data-result={result}>
      <div className="row row--spread">
        <h3>{title}</h3>
        <Status {...ASPECT_MARKS[result]} text={t(`verdict.result.${result}`)} />
      </div>
      <div className="chain__body">{children}</div>
    </li>
  );
}
