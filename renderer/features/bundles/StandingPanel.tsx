import { useTranslation } from 'react-i18next';
import { isBlocking } from '#core/base/index.ts';
import { ContractDiff } from '#renderer/display/ContractDiff.tsx';
import { Findings } from '#renderer/display/Findings.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import type { BundleDetail } from './bundle-detail.ts';

/** What lists, lines and rules say today about a bundle that was accepted before; nothing when they say nothing. */
export function StandingPanel({ bundle }: { readonly bundle: BundleDetail }) {
  const { t } = useTranslation();
  const { standing, reverified } = bundle;
  const { findings, contract } = standing;
  const differs = contract?.some((row) => !row.fits) ?? false;
  return (
    <>
      {findings.length > 0 && (
        <Notice tone={isBlocking(findings) ? 'bad' : 'warn'}>
          <div className="stack stack--small">
            <p className="strong">{t(isBlocking(findings) ? 'bundles.standing.refused' : 'bundles.standing.warned')}</p>
            <Findings findings={findings} />
          </div>
        </Notice>
      )}
      {reverified !== null && (
        <p className="soft small">
          {t(`bundles.standing.reverified.${reverified.verdict}`, { version: reverified.policyVersion })}{' '}
          <Time at={reverified.at} />
        </p>
      )}
      {contract !== null && differs && <ContractDiff rows={contract} />}
    </>
  );
}
