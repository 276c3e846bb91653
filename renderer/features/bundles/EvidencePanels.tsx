import { useTranslation } from 'react-i18next';
import { PREDICATES } from './predicates.ts';
import { Digest } from '#renderer/display/Digest.tsx';
import { formatBytes } from '#renderer/format/numbers.ts';
import { Figure, Panel } from '#renderer/ui/structure.tsx';
import { PartsPanel } from './PartsPanel.tsx';
import type { BundleDetail } from './bundle-detail.ts';

/** The artefacts of a bundle, one for each target. */
export function VariantsPanel({ variants }: { readonly variants: BundleDetail['summary']['variants'] }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('bundles.variants')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('bundles.variant.id')}</th>
              <th>{t('bundles.variant.runtime')}</th>
              <th>{t('bundles.variant.precision')}</th>
              <th className="number">{t('bundles.variant.size')}</th>
              <th>{t('bundles.variant.digest')}</th>
            </tr>
          </thead>
          <tbody>
            {variants.map((variant) => (
              <tr key={variant.digest}>
                <th scope="row">{variant.id}</th>
                <td>{variant.runtime}</td>
                <td>{variant.precision}</td>
                <td className="number">{formatBytes(variant.sizeBytes, i18n.language)}</td>
                <td>
                  <Digest value={variant.digest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** Evaluation, parts list, signatures and attestations. */
export function EvidencePanels({ bundle }: { readonly bundle: BundleDetail }) {
  return (
    <>
      <Evaluation values={bundle.evaluation} />
      <PartsPanel bundle={bundle} />
      <Referrers referrers={bundle.referrers} />
    </>
  );
}

function Evaluation({ values }: { readonly values: BundleDetail['evaluation'] }) {
  const { t, i18n } = useTranslation();
  const entries = Object.entries(values);
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 4 });
  return (
    <Panel title={t('bundles.evaluation')}>
      {entries.length === 0 ? (
        <p className="soft">{t('bundles.noEvaluation')}</p>
      ) : (
        <div className="figures">
          {entries.map(([name, value]) => (
            <Figure key={name} label={name} value={number.format(value)} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Referrers({ referrers }: { readonly referrers: BundleDetail['referrers'] }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('bundles.referrers')} flush>
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('bundles.referrer.type')}</th>
              <th>{t('bundles.referrer.digest')}</th>
              <th className="number">{t('bundles.referrer.size')}</th>
            </tr>
          </thead>
          <tbody>
            {referrers.map((referrer) => {
              const known = PREDICATES[referrer.predicateType];
              return (
                <tr key={referrer.digest}>
                  <td>
                    {known !== undefined && <div className="strong">{t(`bundles.predicate.${known}`)}</div>}
                    <div className="soft small mono">{referrer.predicateType}</div>
                  </td>
                  <td>
                    <Digest value={referrer.digest} />
                  </td>
                  <td className="number">{formatBytes(referrer.sizeBytes, i18n.language)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** The publisher's own words, shown as the plain text that they are. */
export function ModelCard({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('bundles.modelCard')}>
      <pre>{text}</pre>
    </Panel>
  );
}
