import { useTranslation } from 'react-i18next';
import type { ModelContract, TensorContract } from '#contracts/bundle.ts';
import { formatBytes, formatMs, formatShare } from '#renderer/format/numbers.ts';
import { Definition, Panel } from '#renderer/ui/structure.tsx';

/** What a line has to feed and what it gets back. */
export function ContractPanel({ contract }: { readonly contract: ModelContract }) {
  const { t, i18n } = useTranslation();
  const { objectives } = contract;
  return (
    <Panel title={t('bundles.contract')}>
      <TensorTable title={t('bundles.inputs')} tensors={contract.inputs} />
      <TensorTable title={t('bundles.outputs')} tensors={contract.outputs} />
      <Definition
        rows={[
          { term: t('bundles.preprocessing'), value: contract.preprocessing },
          {
            term: t('bundles.tolerance'),
            value: t('bundles.toleranceText', { rtol: contract.tolerance.rtol, atol: contract.tolerance.atol }),
          },
          {
            term: t('bundles.objectives'),
            value: t('bundles.objectivesText', {
              p99: formatMs(objectives.p99Ms, i18n.language),
              errors: formatShare(objectives.errorRate, i18n.language),
              doubtful: formatShare(objectives.doubtfulShare, i18n.language),
              memory: formatBytes(objectives.memoryBytes, i18n.language),
            }),
          },
          { term: t('bundles.safety'), value: t(`bundles.safetyClass.${contract.safetyClass}`) },
          {
            term: t('bundles.labelClasses'),
            value: contract.labelClasses.length === 0 ? t('common.none') : contract.labelClasses.join(', '),
          },
        ]}
      />
    </Panel>
  );
}

function TensorTable({ title, tensors }: { readonly title: string; readonly tensors: readonly TensorContract[] }) {
  const { t } = useTranslation();
  const note = (tensor: TensorContract): string =>
    [
      tensor.unit,
      tensor.features === undefined ? undefined : t('bundles.features', { count: tensor.features.length }),
      tensor.classes === undefined ? undefined : t('bundles.classes', { names: tensor.classes.join(', ') }),
    ]
      .filter((part) => part !== undefined)
      .join('; ');
  return (
    <div className="table-scroll">
      <h3>{title}</h3>
      <table className="data-table">
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th>{t('bundles.tensor.name')}</th>
            <th>{t('bundles.tensor.type')}</th>
            <th>{t('bundles.tensor.shape')}</th>
            <th>{t('bundles.tensor.note')}</th>
          </tr>
        </thead>
        <tbody>
          {tensors.map((tensor) => (
            <tr key={tensor.name}>
              <td className="mono">{tensor.name}</td>
              <td className="mono">{tensor.datatype}</td>
              <td className="mono nowrap">
                {tensor.shape.map((size) => (size === -1 ? t('bundles.shapeFree') : String(size))).join(' × ')}
              </td>
              <td>{note(tensor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
