import { useTranslation } from 'react-i18next';
import type { SampleView } from '#contracts/review.ts';
import { Panel } from '#renderer/ui/structure.tsx';

/** A sample of measured figures. */
export function FeatureTable({ sample }: { readonly sample: SampleView }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 6 });
  return (
    <Panel title={t('review.features')} flush>
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('review.feature')}</th>
            <th className="number">{t('review.value')}</th>
          </tr>
        </thead>
        <tbody>
          {(sample.features ?? []).map((feature) => (
            <tr key={feature.name}>
              <th scope="row">{feature.name}</th>
              <td className="number mono">{number.format(feature.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
